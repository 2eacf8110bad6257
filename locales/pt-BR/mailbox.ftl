mailbox-title = Caixa de entrada
mailbox-lead = O que teria sido enviado. Neste servidor de desenvolvimento, as mensagens ficam aqui.
mailbox-to = Para { $address }
mailbox-empty = Ainda não há mensagens. Peça uma nova senha, e uma vai chegar.
