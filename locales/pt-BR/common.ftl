title-problem = Erro:
copy = Copiar
copied = Copiado
application-host = Leva você de volta para { $host }
application-unverified = Este aplicativo se registrou por conta própria. O nome e os links dele não foram verificados.
application-policy = Política de privacidade de { $application }
application-terms = Termos de serviço
