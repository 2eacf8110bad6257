mailbox-title = Casella di posta
mailbox-lead = I messaggi che sarebbero stati inviati. Su questo server di sviluppo restano qui.
mailbox-to = A { $address }
mailbox-empty = Non c’è ancora nessun messaggio. Chiedi una nuova password e ne arriverà uno.
