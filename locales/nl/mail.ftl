mail-greeting = Hallo { $name },
mail-greeting-nobody = Hallo,
mail-signature = Dit bericht is automatisch verstuurd door { $product }. Antwoorden worden niet gelezen.
mail-code-note = Vul deze code in waar erom werd gevraagd. De code is 10 minuten geldig:
mail-link-note = Of open deze link, in welke browser dan ook. De link is één uur geldig en werkt één keer:

mail-recovery-subject = Nieuw wachtwoord voor { $product }
mail-recovery-lead = Iemand, waarschijnlijk jij, heeft om een nieuw wachtwoord voor je { $product }-account gevraagd.
mail-recovery-link = Nieuw wachtwoord instellen
mail-recovery-warning = Was jij dit niet? Dan hoef je niets te doen: je wachtwoord blijft zoals het is. Geef deze code aan niemand, wie er ook om vraagt.

mail-reset-subject = Je { $product }-wachtwoord is gewijzigd
mail-reset-lead = Het wachtwoord van je { $product }-account is zojuist opnieuw ingesteld met een code of link die naar dit adres is gestuurd. Andere apparaten zijn uitgelogd.
mail-reset-link = Ander wachtwoord instellen
mail-reset-warning = Was jij dit niet? Stel dan meteen een ander wachtwoord in en ga na wie deze mailbox kan lezen.

mail-signup-subject = Bevestig je adres voor { $product }
mail-signup-lead = Iemand, waarschijnlijk jij, wil met dit adres een { $product }-account maken.
mail-signup-link = Bevestigen en doorgaan
mail-signup-warning = Was jij dit niet? Dan hoef je niets te doen: zonder deze code of link wordt er geen account gemaakt.

mail-registered-subject = Je hebt al een { $product }-account
mail-registered-lead = Iemand, waarschijnlijk jij, wilde met dit adres een { $product }-account maken. Er is er al een, en je kunt ermee inloggen.
mail-registered-link = Inloggen
mail-registered-warning = Weet je het wachtwoord niet meer? Kies daar dan ‘Wachtwoord vergeten?’. Was jij dit niet, dan hoef je niets te doen.

mail-invitation-subject = Je { $product }-account
mail-invitation-lead = Je bent uitgenodigd om met dit adres een { $product }-account te maken.
mail-invitation-link = Je account maken
mail-invitation-note = Open deze link om een naam en een wachtwoord te kiezen. De link is zeven dagen geldig en werkt één keer:
mail-invitation-warning = Weet je niet waarom je dit kreeg? Dan hoef je niets te doen.

mail-device-subject = Nieuwe login bij { $product }
mail-device-lead = Met je account is zojuist ingelogd vanuit een browser die we nog niet kenden: { $device }, vanaf het netwerk { $network }.
mail-device-link = Nieuw wachtwoord instellen
mail-device-warning = Was jij dit? Dan hoef je niets te doen. Zo niet, stel dan meteen een nieuw wachtwoord in: alle apparaten worden daarmee uitgelogd.

mail-change-password = Je { $product }-wachtwoord is gewijzigd
mail-change-address = De adressen van je { $product }-account
mail-change-factors = Beveiliging van je { $product }-account
mail-change-password-changed = Het wachtwoord van je account is gewijzigd. Andere apparaten zijn uitgelogd.
mail-change-password-removed = Het wachtwoord van je account is verwijderd. Je kunt nog wel op je andere manieren inloggen.
mail-change-authenticator-added = Er is een authenticator-app aan je account toegevoegd. Vanaf nu wordt bij het inloggen om de code ervan gevraagd.
mail-change-authenticator-removed = De authenticator-app van je account is verwijderd, en daarmee ook de herstelcodes. Bij het inloggen wordt niet meer om een code gevraagd.
mail-change-passkey-added = De passkey { $name } is aan je account toegevoegd.
mail-change-passkey-removed = De passkey { $name } is uit je account verwijderd.
mail-change-recovery-codes = Er zijn nieuwe herstelcodes voor je account gemaakt. De vorige werken niet meer.
mail-change-address-added = Het adres { $address } is aan je account toegevoegd.
mail-change-address-removed = Het adres { $address } is uit je account verwijderd.
mail-change-address-changed = Het hoofdadres van je account is gewijzigd van { $from } in { $to }.
mail-change-factors-reset = De beheerders van deze dienst hebben de authenticator-app en de herstelcodes van je account verwijderd, zoals gebeurt voor mensen die ze kwijt zijn.
mail-change-when = Wanneer: { $time }
mail-change-from = Vanaf: { $device }, netwerk { $network }
mail-change-by-operator = Door: de beheerders van deze dienst
mail-change-recover = Nieuw wachtwoord instellen
mail-change-recover-warning = Was jij dit? Dan hoef je niets te doen. Zo niet, stel dan meteen een nieuw wachtwoord in: alle apparaten worden daarmee uitgelogd. Kijk daarna op de pagina ‘Inloggen en beveiliging’ van je account wat er nog meer is gewijzigd.
mail-change-review = Je sessies bekijken
mail-change-review-warning = Was jij dit? Dan hoef je niets te doen. Zo niet, log dan elk apparaat uit dat niet van jou is en kijk op de pagina ‘Inloggen en beveiliging’ van je account wat er nog meer is gewijzigd.
mail-change-undo = De wijziging terugdraaien
mail-change-undo-warning = Was jij dit? Dan hoef je niets te doen. Zo niet, draai de wijziging dan terug en stel een nieuw wachtwoord in: de link is drie dagen geldig.

mail-address-subject = Bevestig je adres voor { $product }
mail-address-lead = Iemand, waarschijnlijk jij, wil dit adres aan een { $product }-account toevoegen.
mail-address-link = Dit adres bevestigen
mail-address-note = Of open deze link in een browser waarin je bent ingelogd. De link is één uur geldig en werkt één keer:
mail-address-warning = Was jij dit niet? Dan hoef je niets te doen: zonder deze code of link wordt het adres niet toegevoegd.

mail-sign-in-subject = Je code voor { $product }
mail-sign-in-lead = Iemand, waarschijnlijk jij, wil inloggen bij je { $product }-account.
mail-sign-in-link = Inloggen
mail-sign-in-note = Of open deze link in de browser waarin je bent begonnen. De link is 10 minuten geldig en werkt één keer:
mail-sign-in-warning = Was jij dit niet? Dan hoef je niets te doen: zonder deze code kan niemand inloggen. Geef de code aan niemand, wie er ook om vraagt.
