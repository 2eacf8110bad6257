mailbox-title = Mailbox
mailbox-lead = Wat er verstuurd zou zijn. Op deze ontwikkelserver blijven berichten hier.
mailbox-to = Aan { $address }
mailbox-empty = Er is nog geen bericht. Vraag een nieuw wachtwoord aan en er komt er een binnen.
