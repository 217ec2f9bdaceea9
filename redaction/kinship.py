"""Words for relatives, as patterns; the longest first."""

from __future__ import annotations

KIN_ZH = (
    "大女兒|小女兒|女兒|大兒子|小兒子|兒子|小孩子?|孩子|先生|太太|老公|老婆|丈夫|妻子|男朋友|女朋友|男友|女友|未婚妻|未婚夫|"
    "雙胞胎(?:哥哥|弟弟|姊姊|姐姐|妹妹)?|大姊|大姐|二姊|二姐|姊姊|姐姐|妹妹|大哥|二哥|哥哥|弟弟|姊夫|姐夫|妹夫|大嫂|嫂嫂|弟媳|"
    "媽媽|爸爸|母親|父親|爸媽|父母|阿嬤|阿公|奶奶|爺爺|外婆|外公|婆婆|公公|岳父|岳母|丈母娘|叔叔|伯伯|舅舅|阿姨|姑姑|"
    "孫子|孫女|姪子|姪女|侄子|侄女|外甥女?|表[哥弟姊姐妹]|堂[哥弟姊姐妹]|媳婦|女婿|前夫|前妻|"
    "[爸媽姊姐哥弟妹](?!們)"
)
KIN_EN = (
    "daughter|son|husband|wife|sister|brother|mother|mom|mum|father|dad|parents|boyfriend|girlfriend|partner|fiancée?|"
    "grandmother|grandma|grandfather|grandpa|aunt|uncle|niece|nephew|cousin|twin|kids?|mother-in-law|father-in-law|"
    "sister-in-law|brother-in-law|ex-husband|ex-wife"
)
KIN = f"(?:{KIN_ZH}|(?<![A-Za-z])(?:{KIN_EN})(?![A-Za-z]))"
