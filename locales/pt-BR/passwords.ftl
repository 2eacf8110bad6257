password-common = Esta senha é uma das que são tentadas primeiro: ela é comum ou apareceu em um vazamento. Escolha outra.
password-guessable = Um programa adivinharia esta senha em pouco tempo. Use uma mais longa, com algumas palavras que não tenham nada a ver entre si.
