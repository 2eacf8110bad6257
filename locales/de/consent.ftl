consent-title = { $application } den Zugriff auf Ihr Konto erlauben?
consent-switch = Nicht Sie?
consent-asks = { $application } darf dann
consent-asks-more = Die Anwendung hat schon Zugriff und möchte jetzt auch
consent-new = Neu
consent-sensitive = Weitreichend
consent-offline = Diesen Zugriff auch in Ihrer Abwesenheit behalten
consent-offline-days = { $days ->
        [one] Bis Sie ihn entziehen oder nach { $days } Tag ohne Nutzung
       *[other] Bis Sie ihn entziehen oder nach { $days } Tagen ohne Nutzung
    }
consent-allow = Erlauben
consent-deny = Ablehnen

scope-openid = Wissen, dass Sie es sind
scope-openid-detail = Eine Kennung Ihres Kontos
scope-profile = Ihr Profil sehen
scope-profile-detail = Name, Bild, Sprache, Zeitzone und Ähnliches
scope-account = Ihr Konto hier sehen und ändern
scope-account-detail = Profil, Passwort, Sitzungen, Anwendungen, Aktivität und alles andere, was über Sie gespeichert ist
scope-email = Ihre E-Mail-Adresse sehen
scope-phone = Ihre Telefonnummer sehen
scope-address = Ihre Postanschrift sehen
scope-other = „{ $scope }“ für Sie nutzen
