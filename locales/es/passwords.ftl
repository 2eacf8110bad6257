password-common = Esta contraseña es de las que se prueban primero: es común o apareció en una filtración. Elige otra.
password-guessable = Un programa adivinaría pronto esta contraseña. Hazla más larga, con unas cuantas palabras que no tengan nada que ver entre sí.
