consent-title = Autoriser { $application } à utiliser votre compte ?
consent-switch = Ce n’est pas vous ?
consent-asks = { $application } pourra
consent-asks-more = L’application a déjà un accès et demande maintenant à pouvoir
consent-new = Nouveau
consent-sensitive = Sensible
consent-offline = Garder cet accès en votre absence
consent-offline-days = { $days ->
        [one] Jusqu’à ce que vous le retiriez, ou après { $days } jour sans utilisation
        [many] Jusqu’à ce que vous le retiriez, ou après { $days } de jours sans utilisation
       *[other] Jusqu’à ce que vous le retiriez, ou après { $days } jours sans utilisation
    }
consent-allow = Autoriser
consent-deny = Refuser

scope-openid = Savoir que c’est vous
scope-openid-detail = Un identifiant de votre compte
scope-profile = Voir votre profil
scope-profile-detail = Nom, photo, langue, fuseau horaire et autres informations de ce genre
scope-account = Voir et modifier votre compte ici
scope-account-detail = Profil, mot de passe, sessions, applications, activité et tout ce qui est conservé sur vous
scope-email = Voir votre adresse e-mail
scope-phone = Voir votre numéro de téléphone
scope-address = Voir votre adresse postale
scope-other = Utiliser « { $scope } » pour vous
