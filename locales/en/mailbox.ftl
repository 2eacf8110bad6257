mailbox-title = Mailbox
mailbox-lead = Emails that would have been sent. On this development server they stay here.
mailbox-to = To { $address }
mailbox-empty = There are no emails yet. Request a new password to get one.
