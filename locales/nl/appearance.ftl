account-appearance = Taal en thema
appearance-lead = Hoe de pagina’s van deze dienst er voor jou uitzien, in elke browser waarmee je inlogt.
appearance-language = Taal
appearance-language-browser = Zoals in mijn browser
appearance-language-hint = Ook e-mails aan jou worden in deze taal geschreven. Apps zien in plaats daarvan de taal in je profiel.
appearance-theme = Thema
appearance-stale = Je account is intussen ergens anders gewijzigd. Er is nog niets opgeslagen: sla het opnieuw op om je keuze te houden.
theme-system = Zoals mijn apparaat
theme-light = Licht
theme-dark = Donker

foot-choose = Taal en thema
foot-apply = Toepassen
foot-links = Over deze dienst
foot-privacy = Privacy
foot-terms = Voorwaarden
foot-support = Hulp
foot-imprint = Juridische informatie
