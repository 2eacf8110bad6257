# Texts that several pages share. Values in { } come from applications and people.

title-problem = Error:
copy = Copy
copied = Copied
application-host = Returns you to { $host }
application-unverified = This application registered itself. Its name and links are not verified.
application-policy = Privacy policy of { $application }
application-terms = Terms of service
