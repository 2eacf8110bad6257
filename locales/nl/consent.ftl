consent-title = { $application } toegang geven tot je account?
consent-switch = Ben jij dit niet?
consent-asks = { $application } kan dan
consent-asks-more = De app heeft al enige toegang en wil nu ook
consent-new = Nieuw
consent-sensitive = Gevoelig
consent-offline = Deze toegang houden als je er niet bent
consent-offline-days = { $days ->
        [one] Tot je de toegang intrekt of na 1 dag zonder gebruik
       *[other] Tot je de toegang intrekt of na { $days } dagen zonder gebruik
    }
consent-allow = Toestaan
consent-deny = Weigeren

scope-openid = Weten dat jij het bent
scope-openid-detail = Een kenmerk van je account
scope-profile = Je profiel zien
scope-profile-detail = Naam, foto, taal, tijdzone en dergelijke
scope-account = Je account hier zien en wijzigen
scope-account-detail = Profiel, wachtwoord, sessies, apps, activiteit en al het andere dat over je wordt bewaard
scope-email = Je e-mailadres zien
scope-phone = Je telefoonnummer zien
scope-address = Je postadres zien
scope-other = ‘{ $scope }’ namens jou gebruiken
