mailbox-title = صندوق البريد
mailbox-lead = ما كان سيُرسل. تبقى الرسائل هنا على خادم التطوير هذا.
mailbox-to = إلى { $address }
mailbox-empty = لا توجد رسائل بعد. اطلب كلمة مرور جديدة وستصل رسالة.
