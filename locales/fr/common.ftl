title-problem = Erreur :
copy = Copier
copied = Copié
application-host = Vous ramène vers { $host }
application-unverified = Cette application s’est enregistrée elle-même. Son nom et ses liens ne sont pas vérifiés.
application-policy = Politique de confidentialité de { $application }
application-terms = Conditions d’utilisation
