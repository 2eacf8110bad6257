title-problem = Error:
copy = Copiar
copied = Copiado
application-host = Te lleva de vuelta a { $host }
application-unverified = Esta aplicación se registró por su cuenta. Su nombre y sus enlaces no están verificados.
application-policy = Política de privacidad de { $application }
application-terms = Condiciones del servicio
