mailbox-title = Postfach
mailbox-lead = Was gesendet worden wäre. Auf diesem Entwicklungsserver bleiben Nachrichten hier.
mailbox-to = An { $address }
mailbox-empty = Noch gibt es keine Nachricht. Fordern Sie ein neues Passwort an, dann kommt eine.
