mailbox-title = Skrzynka pocztowa
mailbox-lead = Wiadomości, które zostałyby wysłane. Na tym serwerze deweloperskim pozostają tutaj.
mailbox-to = Do: { $address }
mailbox-empty = Nie ma jeszcze żadnej wiadomości. Poproś o nowe hasło, a jakaś się pojawi.
