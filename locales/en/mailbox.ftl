mailbox-title = Mailbox
mailbox-lead = What would have been sent. On this development server letters stay here.
mailbox-to = To { $address }
mailbox-empty = There is no letter yet. Ask for a new password, and one arrives.
