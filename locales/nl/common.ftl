title-problem = Fout:
copy = Kopiëren
copied = Gekopieerd
application-host = Brengt je terug naar { $host }
application-unverified = Deze app heeft zichzelf geregistreerd. De naam en links zijn niet gecontroleerd.
application-policy = Privacybeleid van { $application }
application-terms = Gebruiksvoorwaarden
