password-common = Ce mot de passe est de ceux que l’on essaie en premier : il est courant, ou il figurait dans une fuite de données. Choisissez-en un autre.
password-guessable = Un programme devinerait vite ce mot de passe. Rallongez-le, avec quelques mots sans rapport entre eux.
