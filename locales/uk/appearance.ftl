account-appearance = Мова й тема
appearance-lead = Який вигляд мають для вас сторінки цього сервісу в кожному браузері, у якому ви входите.
appearance-language = Мова
appearance-language-browser = Як у браузері
appearance-language-hint = Цією мовою ми також пишемо вам електронні листи. Застосунки натомість бачать мову з вашого профілю.
appearance-theme = Тема
appearance-stale = Тим часом ваш обліковий запис змінили в іншому місці. Ще нічого не збережено: збережіть ще раз, щоб залишити свій вибір.
theme-system = Як на пристрої
theme-light = Світла
theme-dark = Темна

foot-choose = Мова й тема
foot-apply = Застосувати
foot-links = Про цей сервіс
foot-privacy = Конфіденційність
foot-terms = Умови
foot-support = Допомога
foot-imprint = Правова інформація
