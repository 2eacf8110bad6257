form-post-title = Хвилинку
form-post-lead = Повертаємо вас на { $host }.
form-post-continue = Продовжити
