mailbox-title = Boîte de réception
mailbox-lead = Ce qui aurait été envoyé. Sur ce serveur de développement, les messages restent ici.
mailbox-to = À { $address }
mailbox-empty = Il n’y a pas encore de message. Demandez un nouveau mot de passe, et il en arrivera un.
