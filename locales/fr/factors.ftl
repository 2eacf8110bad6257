code-title = Saisissez votre code
code-lead = Ouvrez votre application d’authentification et saisissez le code qu’elle affiche pour ce compte.
code-app-label = Code
code-recovery-title = Utiliser un code de secours
code-recovery-lead = Saisissez l’un des codes que vous avez conservés. Chacun ne sert qu’une fois.
code-recovery-label = Code de secours
code-remember = Ne plus demander dans ce navigateur pendant 30 jours
code-submit = Continuer
code-waiting = Vérification…
code-use-recovery = Utiliser plutôt un code de secours
code-use-authenticator = Utiliser plutôt votre application d’authentification
code-empty = Saisissez un code.
code-wrong = Ce code est incorrect ou a déjà été utilisé. Attendez le suivant et réessayez.
code-recovery-wrong = Ce code de secours est incorrect ou a déjà été utilisé.
authenticator-title = Application d’authentification
authenticator-lead = Une application sur votre téléphone affiche un nouveau code toutes les 30 secondes. Vous en saisissez un à chaque connexion, après votre mot de passe.
authenticator-picture = Code QR pour votre application d’authentification
authenticator-scan = Scannez ce code avec votre application
authenticator-type = Impossible de scanner ? Saisissez plutôt cette clé dans l’application :
authenticator-code = Code affiché par l’application
authenticator-name = Nom
authenticator-default-name = Application d’authentification
authenticator-submit = Activer
authenticator-wrong = Ce code est incorrect. Vérifiez que l’heure de votre téléphone est réglée automatiquement, puis essayez le code suivant.
authenticator-on = Un code vous est demandé à chaque connexion.
authenticator-changed = Votre modification est enregistrée.
authenticator-since = Ajout le
authenticator-used = dernière utilisation le
authenticator-rename = Enregistrer le nom
authenticator-remove = Retirer
authenticator-remove-lead = Sans elle, votre mot de passe suffit pour vous connecter. Vos codes de secours ne fonctionnent plus, et les autres navigateurs sont déconnectés.
codes-title = Codes de secours
codes-lead = Conservez-les dès maintenant : ils ne seront plus affichés. Si vous perdez votre téléphone, chacun d’eux vous permet de vous connecter une fois.
codes-left = { $count ->
    [one] Il reste { $count } code.
    [many] Il reste { $count } de codes.
   *[other] Il reste { $count } codes.
  } Un code vous permet de vous connecter si vous perdez votre téléphone. De nouveaux codes remplacent les anciens.
codes-new = Afficher de nouveaux codes
codes-copy = Tout copier
codes-saved = Je les ai conservés
remembered-title = Navigateurs sans code
remembered-none = Aucun. Vous pouvez faire ce choix au moment de saisir un code.
remembered-lead = Dans ces navigateurs, seul votre mot de passe vous est demandé.
remembered-until = Jusqu’au
remembered-forget = Demander de nouveau
authenticator-off = Non configurée. Elle protège votre compte en cas de vol de votre mot de passe.
authenticator-set-up = Configurer
