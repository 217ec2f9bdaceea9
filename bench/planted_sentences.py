"""Sentences of the planted test set: spoken Taiwan Mandarin, mixed with English, and English; `{who}` is the mention.

In `CUED` something beside the name says that it is one: somebody is introduced, called on, thanked or quoted. In
`PLAIN` nothing of that kind touches it. Half of the mentions are drawn from each, whatever their numbers.
"""

from __future__ import annotations

CUED = tuple(
    """
大家好，我是{who}，今天第一次來。
各位好，我叫{who}，住在這附近。
我們請{who}先說明一下。
謝謝{who}的分享，那我們往下走。
接下來請{who}發言，三分鐘。
這一題要不要請{who}回應？
剛剛{who}提到的那個數字，我想再確認。
感謝{who}今天願意過來。
這位是{who}，等一下會跟大家報告。
好，{who}請說。
{who}你好，聽得到嗎？
像{who}講的那樣，其實大家都有同感。
有請{who}。
提案人{who}剛才有補充一點。
我想問{who}，這個期程是怎麼估的？
那{who}覺得呢？
{who}說她下個月才有空。
我同意{who}的意見。
跟{who}確認過了，資料沒有問題。
代表是{who}，他會在會後回覆。
附議的人還有{who}，他也在線上。
他的名字叫{who}，以前是這邊的志工。
就是{who}啊，上次來過的那個。
麻煩{who}再講一次，剛剛斷訊。
歡迎{who}加入我們的小組。
那個{who}剛剛有舉手。
我們問{who}好不好？他比較清楚。
{who}提議先休息十分鐘。
我找{who}討論過兩次了。
請{who}幫忙把投影片切到下一頁。
OK，那我們就 pass 給{who}來 present。
謝謝{who}，very clear。
{who}願意當窗口的話就太好了。
剛才{who}講得很好，我補充兩點。
不好意思，{who}請用麥克風。
這件事{who}認為不急。
叫{who}不要再一個人扛了。
我給{who}看過草稿，他說可以。
請問{who}在現場嗎？
{who}老早就提出這個建議了，我只是轉述。
謝謝{who}，辛苦了。
下一位發言的是{who}。
有關停車的部分，請{who}回答。
感謝{who}跟大家分享自己的經驗。
主席，我是{who}，我要補充。
我剛剛跟{who}還有承辦人都談過。
那位{who}可以再靠近麥克風一點嗎？
我是{who}，剛剛聲音沒有出來。
這題 follow up 的人是{who}。
請{who}先 share screen 給大家看。
Q and A 的時間，第一個問題請{who}回答。
{who}問說能不能改成線上。
再來換{who}，請。
最後請{who}做個總結。
我想先謝謝{who}，沒有他就沒有今天。
主持人好，{who}提到的困難我們也有遇到。
這裡要特別感謝{who}。
叫我{who}就好。
你可以直接問{who}。
{who}說會議紀錄要寫清楚一點。
好的，謝謝{who}，我們記下來了。
不是我提的，是{who}提的。
{who}剛才說得比較保守。
希望{who}能給我們一點建議。
我們有邀請{who}，他晚一點到。
Hi everyone，我是{who}。
Let me introduce，這位就是{who}。
Thank you {who}，我們繼續。
""".strip().splitlines()
)
"""(n_sentences,) with a cue beside the name."""

PLAIN = tuple(
    """
昨天下午{who}把東西送到櫃台就走了。
上次開會的時候{who}沒有來。
如果{who}不方便，我們就改下禮拜。
那份資料在{who}那邊，我沒有備份。
其實{who}住的地方離這裡很遠。
後來{who}的孩子轉學了，就比較少聯絡。
大概兩年前{who}開始做這個調查。
我記得{who}那時候還在念書。
整個流程只有{who}走過一遍。
照片裡面左邊第二個就是{who}啦。
名單上{who}排在第三個。
這個案子本來是{who}在負責。
因為{who}生病，所以延了一個月。
我先看{who}什麼時候有空。
電話是{who}接的，對方沒有留姓名。
會後再由{who}整理成一頁。
簽到表上有{who}的簽名。
我不確定{who}知不知道這件事。
第二組的組長換成{who}了。
有人說是{who}拍的，其實不是。
從{who}家走過來大概十分鐘。
上面寫的聯絡人是{who}，電話已經停用了。
我昨天傳訊息，{who}到現在還沒回。
這支影片是{who}上傳的。
大家都以為{who}會反對，結果沒有。
只要{who}點頭，我們就送件。
群組裡{who}貼了一張截圖。
那間店以前是{who}開的。
連{who}都不曉得要去哪裡申請。
那天除了{who}以外全部都到了。
開車載我們過去的是{who}，不是司機。
我跟著{who}跑了三趟醫院。
信是寄到{who}的公司去的。
輪到{who}的時候時間已經不夠了。
表單有一欄填的是{who}，可是沒有附證明。
他把{who}的號碼抄錯了一碼。
去年{who}辦過一次類似的活動。
帳號被停掉的人是{who}。
里民大會那天{who}有帶小朋友。
前一版的地圖是{who}畫的，比例有點跑掉。
我聽到消息的時候{who}已經離職了。
這句話原本出自{who}，被媒體改掉了。
你們有{who}的信箱嗎？
公文上面列的正本收受者就有{who}。
我把{who}的部分先跳過。
他們辦公室裡{who}年紀最小。
等{who}到了我們再表決。
看起來{who}的狀況跟我們不一樣。
紙本由{who}保管，電子檔放在雲端。
這邊有一段錄音，裡面的聲音應該是{who}。
有三戶沒有回收問卷，其中一戶是{who}。
我覺得對{who}不太公平。
換作是{who}，大概早就放棄了。
整理的時候發現少了{who}那一份。
聽說{who}搬到南部去了。
我兒子跟{who}同班。
當天值班的應該是{who}吧。
因為{who}比較年長，所以坐前面。
牆上那張感謝狀是送{who}的。
他們把{who}當成承辦人。
補助款最後撥到{who}的戶頭。
先不要讓{who}知道，我們再確認一次。
志工名冊裡{who}出現兩次。
那筆錢是{who}先墊的。
上一場座談{who}坐在我旁邊。
這個版本{who}還沒看過。
我媽媽認識{who}，兩個人是鄰居。
回頭看{who}那篇文章，其實寫得很早。
我們有寫信，但{who}沒有收到。
醫院那邊的窗口一直是{who}。
有一次下大雨，{who}還騎車來。
大門的鑰匙在{who}手上。
表決的時候{who}投了空白票。
這段路{who}每天都要走。
老實講，{who}的處境比我們難。
我把車停在{who}家門口。
工作坊第二天{who}就沒出現了。
這一頁的數據來源是{who}的團隊。
要改的話得先經過{who}。
後面那排穿紅衣服的是{who}。
訪談紀錄裡面{who}講了很多細節。
假如{who}也能來，人數就夠了。
我只是轉貼{who}的留言。
那台輪椅是{who}借來的。
問卷第五題{who}沒有填。
現場只剩下{who}還在收椅子。
有個民眾說他認得{who}。
我們一直在等{who}的那份 report。
這個 repo 本來是{who}在 maintain。
上禮拜的 meeting minutes 是{who}打的。
Slack 上面{who}有貼 link。
他說 deadline 要看{who}那邊的進度。
這個 feature 是{who}一個人寫完的。
在 GitHub 上{who}開了一個 issue。
我把 draft 寄了一份到{who}那裡。
那個 workshop 的 slides 放在{who}的資料夾。
昨天的 demo 其實{who}有來看。
表單的 owner 還是{who}，要換人。
cc 的名單漏掉{who}。
午餐便當多訂一份，{who}吃素。
關於輔具的申請，{who}被退件兩次。
那一區的住戶，{who}算是最早搬來的。
會場外面有人在找{who}。
護理站的白板上寫著{who}。
這個名字我有印象，好像就是{who}。
寄件人顯示{who}，但內容是空的。
遊覽車上{who}一路都在睡覺。
小朋友都很喜歡{who}。
可能{who}自己也忘了。
那場車禍{who}是目擊者。
資料庫裡搜尋{who}會跳出兩筆。
他跟我講{who}已經簽名了。
十二月以後{who}就不做了。
這條巷子裡{who}那戶最吵。
櫃台小姐說{who}昨天領走了。
照顧{who}的外籍看護下個月回國。
房子登記在{who}名下。
志願序第一個填{who}的學校。
上一任主委是{who}，任期到六月。
當初簽約的乙方就是{who}。
樓上漏水，結果修繕費{who}付了一半。
""".strip().splitlines()
)
"""(n_sentences,) without one."""

ENGLISH = tuple(
    """
I think {who} already sent the figures yesterday.
The second page was written by {who} last summer.
If {who} is away, we can move it to Thursday.
Nobody told {who} about the new form.
We walked over to where {who} lives.
Most of the photos came from {who} and the volunteers.
My daughter goes to school with {who}, so I know.
The keys are still with {who} at the front desk.
It was {who} who drove us to the clinic.
There is a note from {who} on the last slide.
""".strip().splitlines()
)
"""(n_sentences,) in English, for Latin names, without a cue."""

ENGLISH_CUED = tuple(
    """
Thank you {who}, that was helpful.
Hi, I'm {who} and I live two streets away.
Could {who} say a few words about the budget?
Over to you, {who}, please go ahead.
As {who} said, the bus does not stop there.
Let us hear from {who} before we vote.
My name is {who}, I run the small shop.
I agree with {who} on the first point.
""".strip().splitlines()
)
"""(n_sentences,) in English with one."""

FILLER = tuple(
    """
這個案子去年就開始規劃了，預算還要再確認。
大家如果沒有意見，我們就進到下一個議題。
我覺得時間可以再拉長一點，不然做不完。
現場的動線其實不太好走，尤其是推輪椅的時候。
那我們先休息十分鐘，三點十分回來。
這一張表格麻煩大家看一下第三欄。
我們的立場是希望可以先試辦半年。
線上的朋友如果有問題可以直接打在留言。
公車的班次在晚上八點以後就很少了。
好，這個部分我們會帶回去研究。
說明會預計下個月底在活動中心舉辦。
其實民眾反映最多的還是停車問題。
這個系統的 API 目前還沒有開放。
我先 share 一下目前的 timeline。
有關經費的來源，我們還在跟主計討論。
""".strip().splitlines()
)
"""(n_sentences,) that name nobody, between the others."""
