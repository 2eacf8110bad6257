consent-title = Consentire a { $application } di usare il tuo account?
consent-switch = Non sei tu?
consent-asks = { $application } potrà
consent-asks-more = Ha già un accesso parziale e ora chiede di
consent-new = Nuovo
consent-sensitive = Delicato
consent-offline = Mantenere questo accesso anche in tua assenza
consent-offline-days = { $days ->
        [one] Finché non lo rimuovi o dopo 1 giorno senza utilizzo
        [many] Finché non lo rimuovi o dopo { $days } di giorni senza utilizzo
       *[other] Finché non lo rimuovi o dopo { $days } giorni senza utilizzo
    }
consent-allow = Consenti
consent-deny = Rifiuta

scope-openid = Sapere che sei tu
scope-openid-detail = Un identificativo del tuo account
scope-profile = Vedere il tuo profilo
scope-profile-detail = Nome, immagine, lingua, fuso orario e simili
scope-account = Vedere e modificare il tuo account in questo servizio
scope-account-detail = Profilo, password, sessioni, applicazioni, attività e tutti gli altri dati conservati su di te
scope-email = Vedere il tuo indirizzo email
scope-phone = Vedere il tuo numero di telefono
scope-address = Vedere il tuo indirizzo postale
scope-other = Usare «{ $scope }» per conto tuo
