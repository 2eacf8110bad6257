code-title = إدخال رمز التحقق
code-lead = افتح تطبيق المصادقة وأدخل الرمز الذي يعرضه لهذا الحساب.
code-app-label = رمز التحقق
code-recovery-title = استخدام رمز استرداد
code-recovery-lead = أدخل أحد الرموز التي حفظتها. كل رمز صالح لمرة واحدة.
code-recovery-label = رمز الاسترداد
code-remember = عدم السؤال مجددًا في هذا المتصفح لمدة 30 يومًا
code-submit = متابعة
code-waiting = جارٍ التحقق…
code-use-recovery = استخدام رمز استرداد بدلًا من ذلك
code-use-authenticator = استخدام تطبيق المصادقة بدلًا من ذلك
code-empty = أدخل الرمز.
code-wrong = هذا الرمز غير صحيح أو سبق استخدامه. انتظر الرمز التالي وحاول مجددًا.
code-recovery-wrong = رمز الاسترداد هذا غير صحيح أو سبق استخدامه.
authenticator-title = تطبيق المصادقة
authenticator-lead = يعرض تطبيق على هاتفك رمزًا جديدًا كل 30 ثانية. تُدخل رمزًا منه في كل مرة تسجّل فيها الدخول، بعد كلمة المرور.
authenticator-picture = رمز QR لتطبيق المصادقة
authenticator-scan = امسح هذا الرمز بالتطبيق
authenticator-type = تعذّر المسح؟ اكتب هذا المفتاح في التطبيق بدلًا من ذلك:
authenticator-code = الرمز الذي يعرضه التطبيق
authenticator-name = الاسم
authenticator-default-name = تطبيق المصادقة
authenticator-submit = تفعيل
authenticator-wrong = هذا الرمز غير صحيح. تأكد من ضبط ساعة هاتفك تلقائيًا، وجرّب الرمز التالي.
authenticator-on = يُطلب منك رمز في كل مرة تسجّل فيها الدخول.
authenticator-changed = تم حفظ التغيير.
authenticator-since = تمت الإضافة في
authenticator-used = آخر استخدام
authenticator-rename = حفظ الاسم
authenticator-remove = إزالة
authenticator-remove-lead = بدونه، تكفي كلمة المرور وحدها لتسجيل الدخول. تتوقف رموز الاسترداد عن العمل، ويتم تسجيل الخروج من المتصفحات الأخرى.
codes-title = رموز الاسترداد
codes-lead = احفظ هذه الرموز الآن، فلن تظهر مرة أخرى. إذا فقدت هاتفك، يتيح لك كل رمز تسجيل الدخول مرة واحدة.
codes-left = { $count ->
    [zero] لم يبق أي رمز.
    [one] بقي رمز واحد.
    [two] بقي رمزان.
    [few] بقيت { $count } رموز.
    [many] بقي { $count } رمزًا.
   *[other] بقي { $count } رمز.
  } تتيح لك رموز الاسترداد تسجيل الدخول إذا فقدت هاتفك. تحل الرموز الجديدة محل القديمة.
codes-new = عرض رموز جديدة
codes-copy = نسخ الكل
codes-saved = حفظت الرموز
remembered-title = متصفحات لا تحتاج إلى رمز
remembered-none = لا يوجد. يمكنك اختيار ذلك عند إدخال رمز.
remembered-lead = تُطلب كلمة المرور فقط في هذه المتصفحات.
remembered-until = حتى
remembered-forget = طلب الرمز مجددًا
authenticator-off = غير مُعدّ. يحمي حسابك إذا سُرقت كلمة المرور.
authenticator-set-up = إعداد
codes-what = يسجّل كل رمز دخولك مرة واحدة عندما لا تستطيع استخدام مفتاح المرور أو تطبيق المصادقة.
codes-low = أوشكت رموز الاسترداد على النفاد. أنشئ رموزًا جديدة قبل أن تحتاج إليها.
codes-no-factor = تحلّ رموز الاسترداد محل مفتاح مرور أو تطبيق مصادقة. أعدّ أحدهما أولًا.
codes-none = ليست لديك رموز استرداد.
codes-make = إنشاء رموز استرداد
codes-made = أُنشئت
codes-replace-lead = تحلّ الرموز الجديدة محل القديمة التي تتوقف عن العمل.
codes-count = الرموز المتبقية: { $count }
codes-download = تنزيل
codes-print = طباعة
