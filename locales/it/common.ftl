title-problem = Errore:
copy = Copia
copied = Copiato
application-host = Ti riporta a { $host }
application-unverified = Questa applicazione si è registrata da sola. Il nome e i link non sono verificati.
application-policy = Informativa sulla privacy di { $application }
application-terms = Termini di servizio
