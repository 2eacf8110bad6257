home-title = Home
home-welcome = Welcome to { $product }
home-welcome-lead = Applications send you here to sign in. You can also sign in now.
home-signed-in-title = You’re signed in
home-signed-in-lead = Applications can recognize you in this browser until you sign out.
home-account = Manage your account
home-sign-in = Sign in
home-sign-out = Sign out
home-nobody = Nobody is signed in yet.
home-applications-title = Your applications
start-title = Continue to { $application }?
start-lead = You are about to leave { $product } for { $host }.

# The tour of `latchkey dev`.
home-running = Running in development
home-tour-title = { $product } is ready
home-tour-lead = Your provider answers at
home-demo-title = See a whole sign-in
home-demo-lead = Harbour is a small demo application. It signs you in here and shows every message on the way, with tokens decoded.
home-demo-open = Open the demo application
home-people-title = People to sign in as
home-copy-password = Copy the password of { $person }
home-session-title = This browser
home-documents-title = What your code reads
home-discovery = Discovery document
home-keys = Published keys (JWKS)
home-snippets-title = From your own code
home-snippets-lead = Authorization code with PKCE, ready to run. The client is
