title-problem = Fehler:
copy = Kopieren
copied = Kopiert
application-host = Bringt Sie zurück zu { $host }
application-unverified = Diese Anwendung hat sich selbst registriert. Ihr Name und ihre Links sind nicht geprüft.
application-policy = Datenschutzerklärung von { $application }
application-terms = Nutzungsbedingungen
