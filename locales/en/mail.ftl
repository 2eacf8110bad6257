# Letters. Subjects stay short: phones show forty characters.

mail-greeting = Hello { $name },
mail-greeting-nobody = Hello,
mail-signature = This is an automatic message from { $product }. Replies are not read.
mail-code-note = Enter this code where you were asked for it. It works for 10 minutes:
mail-link-note = Or open this link in any browser. It works once, for one hour:

mail-recovery-subject = Set a new password for { $product }
mail-recovery-lead = Somebody, probably you, asked for a new password for your { $product } account.
mail-recovery-link = Set a new password
mail-recovery-warning = If that wasn’t you, there is nothing to do: your password stays the same. Never share this code with anyone.

mail-reset-subject = Your { $product } password was changed
mail-reset-lead = The password of your { $product } account was just reset with a code or link sent to this address. Other devices were signed out.
mail-reset-link = Set another password
mail-reset-warning = If that wasn’t you, set another password at once, and check who else can read this mailbox.

mail-signup-subject = Confirm your address for { $product }
mail-signup-lead = Somebody, probably you, wants to create a { $product } account with this address.
mail-signup-link = Confirm and continue
mail-signup-warning = If that wasn’t you, there is nothing to do: no account is created without this code or link.

mail-registered-subject = You already have a { $product } account
mail-registered-lead = Somebody, probably you, wanted to create a { $product } account with this address. You already have one, and can sign in with it.
mail-registered-link = Sign in
mail-registered-warning = If you have forgotten the password, choose “Forgot your password?” there. If that wasn’t you, there is nothing to do.

mail-invitation-subject = Your { $product } account
mail-invitation-lead = You are invited to create a { $product } account with this address.
mail-invitation-link = Create your account
mail-invitation-note = Open this link to choose a name and a password. It works once, for seven days:
mail-invitation-warning = If you don’t know why you got this, you can ignore it.

mail-device-subject = New sign-in to { $product }
mail-device-lead = Your account was just used to sign in from a browser that we have not seen before: { $device }, from the network { $network }.
mail-device-link = Set a new password
mail-device-warning = If that was you, there is nothing to do. If not, set a new password at once: this signs out all devices.

mail-change-password = Your { $product } password was changed
mail-change-address = The addresses of your { $product } account
mail-change-factors = Security of your { $product } account
mail-change-password-changed = The password of your account was changed. Other devices were signed out.
mail-change-password-removed = The password of your account was removed. You can still sign in in other ways.
mail-change-authenticator-added = An authenticator app was added to your account. From now on, signing in asks for its code.
mail-change-authenticator-removed = The authenticator app of your account was removed, and with it the recovery codes. Signing in no longer asks for a code.
mail-change-passkey-added = The passkey { $name } was added to your account.
mail-change-passkey-removed = The passkey { $name } was removed from your account.
mail-change-recovery-codes = New recovery codes were created for your account. The old ones no longer work.
mail-change-address-added = The address { $address } was added to your account.
mail-change-address-removed = The address { $address } was removed from your account.
mail-change-address-changed = The main address of your account was changed from { $from } to { $to }.
mail-change-factors-reset = An administrator removed the authenticator app and the recovery codes of your account, as is done for people who lost them.
mail-change-when = When: { $time }
mail-change-from = From: { $device }, network { $network }
mail-change-by-operator = By: an administrator
mail-change-recover = Set a new password
mail-change-recover-warning = If that was you, there is nothing to do. If not, set a new password at once: it signs out every device. Then check the security page of your account for other changes.
mail-change-review = Check your sessions
mail-change-review-warning = If that was you, there is nothing to do. If not, sign out every device that isn’t yours, and check the security page of your account for other changes.
mail-change-undo = Undo the change
mail-change-undo-warning = If that was you, there is nothing to do. If not, undo the change and set a new password: the link works for three days.

mail-address-subject = Confirm your address for { $product }
mail-address-lead = Somebody, probably you, wants to add this address to a { $product } account.
mail-address-link = Confirm this address
mail-address-note = Or open this link in a browser where you are signed in. It works once, for one hour:
mail-address-warning = If that wasn’t you, there is nothing to do: without this code or link the address is not added.

mail-sign-in-subject = Your code for { $product }
mail-sign-in-lead = Somebody, probably you, wants to sign in to your { $product } account.
mail-sign-in-link = Sign in
mail-sign-in-note = Or open this link in the browser where you started. It works once, for 10 minutes:
mail-sign-in-warning = If that wasn’t you, there is nothing to do: nobody can sign in without this code. Never share it with anyone.
