# Letters. Subjects stay short: phones show forty characters.

mail-greeting = Hello { $name },
mail-greeting-nobody = Hello,
mail-signature = This message was sent by { $product } by itself. Nobody reads answers to it.
mail-code-note = Enter this code where you were asked for it. It is good for 10 minutes:
mail-link-note = Or open this link, in any browser. It is good for one hour and for one use:

mail-recovery-subject = Set a new password for { $product }
mail-recovery-lead = Somebody, probably you, asked for a new password for your { $product } account.
mail-recovery-link = Set a new password
mail-recovery-warning = If that wasn’t you, there is nothing to do: your password stays as it is. Give this code to nobody, whoever asks for it.

mail-reset-subject = Your { $product } password was changed
mail-reset-lead = The password of your { $product } account has just been set anew by a code or link that was sent to this address. Other devices were signed out.
mail-reset-link = Set another password
mail-reset-warning = If that wasn’t you, set another password at once, and look after who can read this mailbox.

mail-signup-subject = Confirm your address for { $product }
mail-signup-lead = Somebody, probably you, wants to make a { $product } account with this address.
mail-signup-link = Confirm and continue
mail-signup-warning = If that wasn’t you, there is nothing to do: no account is made without this code or link.

mail-registered-subject = You have a { $product } account already
mail-registered-lead = Somebody, probably you, wanted to make a { $product } account with this address. It has one already, and you can sign in with it.
mail-registered-link = Sign in
mail-registered-warning = If you don’t know the password any more, choose “Forgot your password?” there. If that wasn’t you, there is nothing to do.

mail-invitation-subject = Your { $product } account
mail-invitation-lead = You are invited to make a { $product } account with this address.
mail-invitation-link = Make your account
mail-invitation-note = Open this link to choose a name and a password. It is good for seven days and for one use:
mail-invitation-warning = If you don’t know why you got this, there is nothing to do.

mail-device-subject = New sign-in to { $product }
mail-device-lead = Your account was just used to sign in from a browser that we have not seen before: { $device }, from the network { $network }.
mail-device-link = Set a new password
mail-device-warning = If that was you, there is nothing to do. If not, set a new password at once: all devices are signed out by it.
