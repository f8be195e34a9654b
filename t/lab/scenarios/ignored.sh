# Messages that are no command of the owner: nothing is opened, nothing is sent, nothing stays in the modem.
story_begin

# ignored WHAT LOG-REGEX: the agent has dealt with the message, and done nothing.
ignored() {
	check "$1: said in the log" wait_log oobmd "$2" 60
	check "$1: deleted" wait_until 70 no_messages
	is "$1: the agent still listens" "$(oobm --json status | grep -o '"state": *"[a-z]*"' | tr -d ' ')" '"state":"listening"'
}
no_messages() { [ -z "$(modem store)" ]; }

chapter "wrong number"
sms $STRANGER "up $OOBM_SECRET"
ignored "wrong number, right secret" 'ignored: the number is not listed'

chapter "wrong secret"
sms $OWNER "up correct-horse-batterx"
ignored "right number, wrong secret" 'ignored: the secret is wrong'
chapter "nothing in it"
sms $OWNER ""
ignored "empty" 'ignored: no command in it'
chapter "long"
sms $OWNER "$(printf 'up %0155d' 0)"
ignored "long" 'ignored: '
chapter "other alphabet"
sms $OWNER "открой пожалуйста" --ucs2
ignored "UCS2" 'ignored: the secret is wrong'
chapter "bytes"
# DCS F5: 8-bit data, class 1; from the owner's number (TS 23.038 4)
sms --raw 07919471000000F0040C919471214365870 >/dev/null 2>&1
modem sms --raw 0791947101670000040C91947110325476 >/dev/null 2>&1
modem sms --raw 0791947101670000040C919471103254760004621132010203400400FF80017F
ignored "8-bit data" 'ignored: '
chapter "broken"
modem sms --raw 07911326040000F0040B911346610089F600002080629173
ignored "broken PDU" 'ignored: '
chapter "two parts"
modem sms --raw 0791947101670000440C919471103254760000621132010203400C050003CC0201E0F0FA0D
ignored "part of a longer message" 'ignored: '
chapter "a name as sender"
sms Bank "up $OOBM_SECRET"
ignored "alphanumeric sender" 'ignored: the number is not listed'

is "not one SMS was sent" "$(modem sent | wc -l)" 0
is "not one push was sent" "$(push count | head -n 1 | tr -dc 0-9)" 0
check_not "no message's text is in the log" grep -qE "$OOBM_SECRET|correct-horse|открой|0000000000000" $W/log/oobmd.log

chapter "full"
i=0
while [ $i -lt 10 ]; do
	sms $STRANGER "noise $i" --no-urc --store SM
	i=$((i + 1))
done
check "a full store is swept though nothing announced it" wait_until 150 no_messages

chapter "and still"
ask
check "the owner's message opens" opened
