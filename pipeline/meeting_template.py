"""What `zhuzi new` writes: a `meeting.toml` to fill in, which says of every key what it is."""

from __future__ import annotations

TEMPLATE = """\
# What you know about this meeting. Everything is optional; remove the # in front of what you fill in.
# 這場會議的資料，全部都可以不填；要填的那一行請把前面的 # 刪掉。

# title = "寵物友善運輸協作會議"
# date = 2024-05-01
# place = "臺北市"
# case = "協作會議第 123 案"
# language = "auto"            # auto, zh or en 語言
# speakers = 5                 # or { min = 3, max = 8 } 預計有幾個人發言
# channels = "auto"            # auto, separate or mixed: are the channels different microphones? 各聲道是否為不同麥克風
# introduced_in_order = true   # people introduced themselves in the order of this list 依下列順序自我介紹
# approvers = 2                # so many different people have to approve it 需要幾位審閱者核可
# correction_days = 10         # working days in which participants may suggest corrections; 0 for none 更正期工作天數
# publish = "sound"            # text, sound or video: what goes out beside the text 除文字外要公開什麼
# hide_with = "tone"           # tone, silence or voice: what is heard instead 隱去的聲音以什麼代替
# hear_twice = true            # listen again for the names of protected people 再聽一次，找受保護者的名字
# picture_shows_nobody = true  # video: nobody protected is seen or named in the picture 畫面拍不到受保護的人與其姓名
# glossary = ["Slido", "附議"]  # words that the recognizer should know 希望聽得懂的詞

# begins = 14:05:00             # time of day in Taipei at the recording's 0:00 錄音 0:00 是幾點
# join = "https://join.gov.tw/idea/detail/00000000-0000-0000-0000-000000000000"   # proposal there 參與平臺的提案
# video = "https://example.org/video"          # of this meeting, published elsewhere 已公開的影片
# licence = "CC0-1.0"          # CC0-1.0, CC-BY-4.0 or OGDL-Taiwan-1.0 授權
# sayit_times = true           # SayIt shows when each paragraph was said; wants date and begins SayIt 標示發言時間

# [[links]]
# label = "提案書"
# url = "https://example.org/proposal"

# The agenda divides the record into sections. at: when an item begins; slides: what was shown.
# 議程：把逐字稿分成幾段。at 是開始的時間點，slides 是投影片的網址。

# [[agenda]]
# title = "提案人說明"
# at = "3:20"
# slides = "https://example.org/slides"

# One block for each person. wish: named, anonymous, "not named" (recorded, but under no name), or "not recorded".
# 每個人一段。wish：named 具名、anonymous 匿名、"not named" 列入紀錄但不具名、"not recorded" 發言不列入紀錄。
# heard_at: a moment at which this person speaks, so that the voice is known. 這個人在說話的時間點。
# voiceprint: only of somebody who agreed to be recognised: zhuzi enroll --help 本人同意後登錄的聲紋。

# [[participants]]
# name = "沈立言"
# role = "主持人"
# heard_at = "0:05"
# voiceprint = "v0a1b2c3d4e5f"

# [[participants]]
# name = "蔡佩珊"
# aliases = ["佩珊", "毛毛媽"]   # every other name that this person is called by 綽號、網路上的名字
# wish = "anonymous"
# label = "飼主甲"              # the pseudonym that they chose, if they chose one 自選的代稱
# What else would give them away, and what is to stand there. 其他會洩漏身分的事，以及要改成什麼。
# facts = [{ kind = "employer", text = "小橘動物醫院", instead = "某動物醫院" }]
# heard_at = ["0:17", "1:32"]

# Who is in the consent register already needs no name here: zhuzi register list. 已在同意書登錄裡的人，寫代號即可。

# [[participants]]
# person = "r0a1b2c3d4e5f"
# heard_at = "0:40"

# What was written meanwhile: an export of slido, or the platform's chat 會議中寫下的提問與留言。
# Or a transcript that people wrote: its words are taken 也可以帶已有的逐字稿，以它的文字為準。
# [[brought]]
# kind = "slido"                # "slido", "chat" or "transcript"
# file = "slido.xlsx"

# Microphones that were recorded for themselves, if there are any: into files of their own (file), or as channels of
# the recording (channel). participant: whose it is. people: how many speak at it.
# 若有分開錄的麥克風：各自的檔案（file）或錄音的某一聲道（channel）；participant 是誰的，people 有幾個人用。

# [[microphones]]
# file = "mic-2.wav"
# participant = "沈立言"

# [[microphones]]
# channel = 2
# people = 3
"""
