account-appearance = اللغة والمظهر
appearance-lead = كيف تظهر لك صفحات هذه الخدمة، في كل متصفح تسجّل الدخول منه.
appearance-language = اللغة
appearance-language-browser = بحسب المتصفح
appearance-language-hint = تُكتب بها أيضًا الرسائل المرسلة إليك. أما التطبيقات فترى اللغة المحددة في ملفك الشخصي.
appearance-theme = المظهر
appearance-stale = تغيّر حسابك من مكان آخر في هذه الأثناء. لم يُحفظ أي شيء بعد؛ احفظ مرة أخرى للإبقاء على ما اخترته.
theme-system = بحسب الجهاز
theme-light = فاتح
theme-dark = داكن

foot-choose = اللغة والمظهر
foot-apply = تطبيق
foot-links = عن هذه الخدمة
foot-privacy = الخصوصية
foot-terms = شروط الخدمة
foot-support = المساعدة
foot-imprint = الإشعار القانوني
