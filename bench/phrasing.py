"""Sentences of invented meetings, in two banks: one to develop on, and one that only the report is made on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Phrasing:
    """A bank of sentences by what they are for; `{who}` stands for a name."""

    language: str
    text: str

    def of(self, kind: str) -> tuple[str, ...]:
        """The sentences of a kind."""
        return self._kinds()[kind]

    def _kinds(self) -> dict[str, tuple[str, ...]]:
        blocks = (block.splitlines() for block in self.text.strip().split("\n\n"))
        return {lines[0].strip("[]"): tuple(lines[1:]) for lines in blocks}


DEVELOP = (
    Phrasing(
        "zh",
        """
[opening]
各位好，今天的會議現在開始。
大家早安，我們開始今天的討論。
我是今天的主席，歡迎各位。

[introduction]
大家好，我是{who}。
各位好，我是交通局的{who}，今天第一次參加。
主席、各位委員好，我是{who}，請多指教。
我叫{who}，負責這個案子。
嗯，我是動保處{who}，大家好。
我是{who}我今天代表里民來發言。

[call]
請{who}說明。
接下來請{who}。
好，那我們請{who}回應一下。
{who}請。
下一位是{who}，請發言。
麻煩{who}跟大家報告。
這一題請{who}補充。

[call_nobody]
下一位請發言。
還有沒有其他意見？
好，請繼續。

[answer]
謝謝主席。
好。
主席、各位好，
是，

[stands_in]
主席好，{who}今天請假，由我代為報告。
我代{who}回應。
不好意思，{who}晚點到，我先說。

[thanks]
謝謝{who}。
好，謝謝{who}的說明。
感謝{who}的分享，我們繼續。

[aside]
好。
對。
嗯嗯。

[of_others]
剛才{who}提到的部分我很同意。
我想請教{who}上次說的那個數字。
這件事會後再請{who}提供資料。
{who}的報告寫得很清楚。
我昨天有跟{who}聯絡過。

[no_introduction]
我是請{who}幫忙整理的。
我是{who}的同事。
我不是{who}，不能代他回答。
他就說我是{who}，其實不是。
我是跟{who}一起做這個計畫的。
如果我是{who}，我也會這樣做。

[content]
這個案子去年就開始規劃了。
預算的部分還要再跟主計確認。
我們希望公車可以讓推車上去。
民眾的反映其實很多。
我是覺得時間可以再拉長一點。
請大家看第三頁的表格。
下個月會有一場說明會。
這是我們目前的進度。
謝謝大家的配合。
""",
    ),
    Phrasing(
        "en",
        """
[opening]
Good morning everyone, let's get started.
Welcome to the meeting.

[introduction]
Hi, I'm {who}.
Hello everyone, my name is {who} and I work on transport.
Good morning, this is {who} speaking.
I'm {who} from the planning office.

[call]
Over to {who}.
{who}, please go ahead.
Let's hear from {who}.
{who}, the floor is yours.
Next up is {who}.
I'd like to invite {who} to speak.

[call_nobody]
Any other comments?
Next, please.

[answer]
Thank you.
Sure.
Yes, good morning.

[stands_in]
{who} is ill today, so I will report.
I'm speaking for {who} today.

[thanks]
Thank you, {who}.
Thanks {who} for the update.
Great, thank you very much, {who}.

[aside]
Yes.
Right.

[of_others]
As {who} said, this takes time.
We went over to {who} and asked.
This is {who}'s report.
I agree with {who} on that.
We will hear from {who} tomorrow.

[no_introduction]
I'm with {who} on this.
I am {who}'s assistant.
He said I'm {who}, but I am not.
If I'm {who}, I would be worried.
I'm not {who}, I can't tell.

[content]
The budget has not been approved yet.
We started the plan last year.
I'm happy to answer questions.
This is the table on page three.
People asked for more time.
Thanks for the comments on the draft.
""",
    ),
)
"""What the rules were developed with."""

LOCKED = (
    Phrasing(
        "zh",
        """
[opening]
好，時間到了，我們就開始開會。
歡迎大家來參加這次的協作會議。
各位與會代表午安，今天主要討論兩個提案。

[introduction]
主席好，各位夥伴好，我是環保局{who}。
大家午安，我的名字叫{who}，是這次的提案人。
呃，我是{who}，先跟大家打個招呼。
那個，我是來自臺中的{who}。
敝姓，呃，我是{who}，請大家多多指教。
我是社團法人協會的{who}，很高興來這邊。
大家好我是{who}現在在衛生局服務。

[call]
那接著有請{who}。
我們先請{who}做個簡報。
時間交給{who}。
{who}，請說。
來，{who}請發言。
輪到{who}，三分鐘。
這個問題請環保局{who}來說明。
歡迎{who}跟我們分享。

[call_nobody]
那接下來呢？
線上的朋友有沒有要發言？
下一個議題。

[answer]
好的，謝謝。
主席，各位先進，大家好，
嗯，那我這邊說明一下。
感謝主席。

[stands_in]
報告主席，{who}今天不在，我來代為說明。
{who}去另外一個會，他請我轉達。
我替{who}唸一下書面意見。

[thanks]
好，感謝{who}。
非常謝謝{who}的報告，大家有沒有問題？
謝謝我們{who}，講得很完整。
嗯，謝謝{who}，接下來討論第二案。

[aside]
是。
沒錯。
了解。

[of_others]
這個部分跟{who}講的一樣。
我補充一下{who}的意見。
之前有請{who}去現場看過。
我要謝謝{who}一直很幫忙。
{who}你剛剛說的那個方案可行嗎？
這份資料是{who}做的。

[no_introduction]
我是{who}推薦來的。
我是支持{who}這個提案的。
人家都以為我是{who}。
我是{who}辦公室的助理。
我是聽{who}講才知道的。
我是代替{who}來開會。

[content]
我們蒐集了三百多份問卷。
主要的困難在於人力不足。
這部分法規還沒有修正。
我是認為可以先試辦半年。
現場的動線需要重新規劃。
請各位翻到附件二。
我們會再把會議紀錄寄給大家。
這個數字是去年底統計的。
有一些家長打電話來問。
如果可以的話希望年底前完成。
""",
    ),
    Phrasing(
        "en",
        """
[opening]
All right, it is nine o'clock, shall we begin?
Hello all, thanks for joining today.

[introduction]
Good afternoon, my name's {who}, I represent the parents.
Hi all, I'm {who} and I run the youth centre.
Hello, {who} here from the city.
Hey everyone, I am {who}.
So, um, I'm {who}, nice to meet you.

[call]
Now I'll hand it over to {who}.
{who}, over to you.
I'll turn it over to {who} for the first item.
Okay, {who}, you have the floor.
Please welcome {who}.
So {who}, please.

[call_nobody]
Anyone else?
Let's move on.

[answer]
Thanks a lot.
Okay, so let me start.
Hi everybody.

[stands_in]
{who} couldn't make it, I'm filling in.
{who} asked me to read this out.

[thanks]
Thanks, {who}.
Okay, thank you so much, {who}.
Thank you {who} for your presentation.

[aside]
Mm-hm.
Exactly.

[of_others]
I think {who} has a point.
That was {who}'s idea in the first place.
{who} and I talked about this yesterday.
Thanks to {who} we have the numbers.
Let's wait until {who} is back.

[no_introduction]
I'm replacing {who} on the committee.
I'm sure {who} knows more.
She told me I'm {who}'s favourite.
I'm a friend of {who}.
People think I'm {who} on the phone.

[content]
We collected three hundred answers.
The rules have not changed since then.
I'm going to share my screen.
It's a matter of staff and time.
This is what the neighbours told us.
I am convinced that a trial would help.
""",
    ),
)
"""What the report is made on; the rules were not changed after looking at it."""
