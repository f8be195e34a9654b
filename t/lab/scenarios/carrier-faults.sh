# What the carrier does wrong: three tries, then an SMS that names it, then the agent listens again.
conf_window='	pause = 10s'
story_begin

chapter "no carrier"
modem fault no-carrier 3
ask
like "NO CARRIER: the first SMS says what comes next" "$(next_sms 1)" 'OOBM try 1 of 3 failed: dialling: NO CARRIER.*Next try in 10 s'
fails "NO CARRIER" 3 'OOBM failed: dialling: NO CARRIER.*3 of 3 tries'

chapter "CME 30"
modem fault cme30 3
ask
fails "CME 30" 3 'OOBM failed: dialling: .CME ERROR: 30 .no network service'

chapter "it works at the second try"
modem fault busy 1
ask
check "BUSY once: opened in the end" opened
oobm down >/dev/null
check "BUSY once: closed" listening

chapter "no authentication"
carrier_set auth=pap user=somebody password=else
ask
fails "PAP refused" 3 'OOBM failed: PPP: .*(user or password|authenticat)'
carrier_set auth=none user=web password=web

chapter "nobody answers"
carrier_set answer=no
ask
fails "PPP unanswered" 3 'OOBM failed: (PPP|dialling): '
carrier_set answer=yes

chapter "the modem goes mute while dialling"
modem fault silent 1
ask
check "mute modem: in the end it listens or opens" wait_log oobmd 'connecting -> open|reporting -> listening' 900
oobm down >/dev/null 2>&1 && listening >/dev/null

chapter "the SMS cannot be sent"
modem fault no-carrier 3
modem fault cms500 2
ask
check "CMS ERROR 500: sent again until it goes" listening 900
like "CMS ERROR 500: it arrived" "$(sms_since | tail -n 1)" 'OOBM failed: dialling'
clean "after all"
