title-problem = Помилка:
copy = Копіювати
copied = Скопійовано
application-host = Поверне вас на { $host }
application-unverified = Цей застосунок зареєструвався самостійно. Його назву та посилання не перевірено.
application-policy = Політика конфіденційності застосунку { $application }
application-terms = Умови користування
