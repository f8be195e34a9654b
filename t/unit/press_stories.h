/* press_stories.h - the stories of t/unit/press.c. PRESS_SHOW=1 t/unit/press prints all transcripts as they are now. */

static const struct story stories[] = {

	/* status */
	{ "status of a machine that is on", &wired, LED_ON, "status", "",
	  "0 ok the LED is on\n" },
	{ "status of a sleeping one", &wired, LED_BLINKING, "status", "",
	  "0 ok the LED blinks (asleep)\n" },
	{ "status without an LED", &no_led, LED_UNKNOWN, "status", "",
	  "0 ok there is no led-line in the config: whether it is on cannot be known\n" },
	{ "status right after the start: the LED is looked at first", &wired, LED_UNKNOWN, "status", "3000 off@-2000",
	  "0 looking at the LED for 5.2 s\n" "3000 ok the LED is off\n" },
	{ "status of one that is just falling asleep", &wired, LED_UNKNOWN, "status", "1000 off\n2000 on\n3000 off\n4000 blinking",
	  "0 looking at the LED for 5.2 s\n" "4000 ok the LED blinks (asleep)\n" },
	{ "status of one that was just turned on", &wired, LED_UNKNOWN, "status", "1000 on",
	  "0 looking at the LED for 5.2 s\n" "6000 ok the LED is on\n" },
	{ "status of an LED that never rests", &wired, LED_UNKNOWN, "status", "1000 on\n3000 off\n7000 on\n9000 off",
	  "0 looking at the LED for 5.2 s\n" "10400 ok the LED is off\n" },
	{ "status of an LED that is lost while it is looked at", &wired, LED_UNKNOWN, "status", "1000 on@-1000\n2000 unknown\n3000 off@-3000",
	  "0 looking at the LED for 5.2 s\n" "3000 ok the LED is off\n" },
	{ "status of an LED that flickers", &wired, LED_UNKNOWN, "status", "",
	  "0 looking at the LED for 5.2 s\n" "5200 ok the LED cannot be read or flickers\n" },
	{ "status by command", &bmc, LED_UNKNOWN, "status", "800 on",
	  "0 asking command-status\n" "800 ok command-status says on\n" },
	{ "status by command that does not tell", &bmc, LED_UNKNOWN, "status", "800 unknown",
	  "0 asking command-status\n" "800 ok command-status does not tell\n" },
	{ "status without a command", &relay, LED_UNKNOWN, "status", "",
	  "0 ok there is no command-status in the config: whether it is on cannot be known\n" },

	/* on */
	{ "on", &wired, LED_OFF, "on", "300 on",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 the LED came on after 0.3 s; looking whether it stays on\n" "2300 ok the LED came on after 0.3 s\n" },
	{ "on, slowly", &wired, LED_OFF, "on", "9000 on",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 10 s for the LED to come on\n"
	  "9000 the LED came on after 9 s; looking whether it stays on\n" "11000 ok the LED came on after 9 s\n" },
	{ "on wakes", &wired, LED_BLINKING, "on", "1800 on",
	  "0 the LED blinks (asleep): this wakes it\n" "0 pressing the power button for 0.5 s\n" "0 power 1\n"
	  "500 power 0\n" "500 waiting up to 15 s for the LED to come on\n"
	  "1800 the LED came on after 1.8 s; looking whether it stays on\n"
	  "7000 ok it is awake: the LED is on and blinks no more\n" },
	{ "on wakes, forced", &wired, LED_BLINKING, "on force", "1800 on",
	  "0 the LED blinks (asleep): this wakes it\n" "0 pressing the power button for 0.5 s\n" "0 power 1\n"
	  "500 power 0\n" "500 waiting up to 15 s for the LED to come on\n"
	  "1800 the LED came on after 1.8 s; looking whether it stays on\n"
	  "7000 ok it is awake: the LED is on and blinks no more\n" },
	{ "on, and what slept goes off", &wired, LED_BLINKING, "on", "200 off",
	  "0 the LED blinks (asleep): this wakes it\n" "0 pressing the power button for 0.5 s\n" "0 power 1\n"
	  "500 power 0\n" "500 waiting up to 15 s for the LED to come on\n"
	  "15500 BAD no change in 15 s, the LED is off: has it mains power, and does the wire reach its power button?\n" },
	{ "on of one that is on is refused", &wired, LED_ON, "on", "",
	  "0 BAD the LED is on: nothing was pressed, as that would begin a shutdown; --force presses all the same\n" },
	{ "on of one that is on, forced", &wired, LED_ON, "on force", "",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 ok the power button was pressed for 0.5 s; the LED is on: it spoke against this, and is not believed\n" },
	{ "on of one that is off, forced", &wired, LED_OFF, "on force", "300 on",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 the LED came on after 0.3 s; looking whether it stays on\n" "2300 ok the LED came on after 0.3 s\n" },
	{ "on of a dead machine", &wired, LED_OFF, "on", "",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 10 s for the LED to come on\n"
	  "10500 BAD no change in 10 s, the LED is off: has it mains power, and does the wire reach its power button?\n" },
	{ "on of one that trips its fuse", &wired, LED_OFF, "on", "300 on\n1300 off",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 the LED came on after 0.3 s; looking whether it stays on\n" "1300 the LED is off again\n"
	  "1300 waiting up to 9.2 s for the LED to come on\n"
	  "10500 BAD the LED came on, but not for long; now the LED is off: look at the console\n" },
	{ "on of one whose supply gives up at once", &wired, LED_OFF, "on", "50 on\n350 off",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 10 s for the LED to come on\n"
	  "10500 BAD the LED came on, but not for long; now the LED is off: look at the console\n" },
	{ "on of a board that starts twice", &wired, LED_OFF, "on", "300 on\n1300 off\n3300 on",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 the LED came on after 0.3 s; looking whether it stays on\n" "1300 the LED is off again\n"
	  "1300 waiting up to 9.2 s for the LED to come on\n"
	  "3300 the LED came on after 3.3 s; looking whether it stays on\n"
	  "5300 ok the LED came on after 3.3 s\n" },
	{ "on, and the LED says it twice", &wired, LED_OFF, "on", "300 on\n1000 on@300",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 the LED came on after 0.3 s; looking whether it stays on\n" "2300 ok the LED came on after 0.3 s\n" },
	{ "on without an LED", &no_led, LED_UNKNOWN, "on", "",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 ok the power button was pressed for 0.5 s; there is no led-line: what came of it cannot be known\n" },
	{ "on while the LED flickers is refused", &wired, LED_UNKNOWN, "on", "",
	  "0 looking at the LED for 5.2 s\n"
	  "5200 BAD the LED cannot be read or flickers: nothing was pressed, as that would begin a shutdown if the machine is on; "
	  "--force presses all the same\n" },
	{ "on while the LED flickers, and then does not", &wired, LED_UNKNOWN, "on", "2000 off@-3000\n7700 on",
	  "0 looking at the LED for 5.2 s\n" "2000 pressing the power button for 0.5 s\n" "2000 power 1\n" "2500 power 0\n"
	  "2500 waiting up to 10 s for the LED to come on\n"
	  "7700 the LED came on after 5.7 s; looking whether it stays on\n" "9700 ok the LED came on after 5.7 s\n" },
	{ "on by command that does not tell", &bmc, LED_UNKNOWN, "on", "300 unknown\n900 ran",
	  "0 asking command-status\n" "300 running command-on\n" "300 run on\n"
	  "900 ok the command ended well; command-status does not tell: what came of it cannot be known\n" },
	{ "on while the LED flickers, forced", &wired, LED_UNKNOWN, "on force", "",
	  "0 looking at the LED for 5.2 s\n" "5200 pressing the power button for 0.5 s\n" "5200 power 1\n"
	  "5700 power 0\n"
	  "5700 ok the power button was pressed for 0.5 s; the LED cannot be read or flickers: what came of it cannot be known\n" },
	{ "on, forced, with a flickering LED that is seen afterwards", &wired, LED_UNKNOWN, "on force", "5400 on@200",
	  "0 looking at the LED for 5.2 s\n" "5200 pressing the power button for 0.5 s\n" "5200 power 1\n"
	  "5700 power 0\n" "5700 the LED came on after 0 s; looking whether it stays on\n"
	  "5700 ok the LED came on after 0 s\n" },
	{ "on, and the LED is lost", &wired, LED_OFF, "on", "600 unknown",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 10 s for the LED to come on\n"
	  "10500 BAD the LED cannot be read or flickers: what came of it cannot be known\n" },
	{ "on of one that cannot be woken", &wired, LED_BLINKING, "on", "",
	  "0 the LED blinks (asleep): this wakes it\n" "0 pressing the power button for 0.5 s\n" "0 power 1\n"
	  "500 power 0\n" "500 waiting up to 15 s for the LED to come on\n"
	  "15500 BAD no change in 15 s, the LED blinks (asleep): does the wire reach its power button?\n" },

	/* off */
	{ "off", &wired, LED_ON, "off", "12900 off",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "12900 the LED went off after 12.9 s; looking whether it stays off\n"
	  "18100 ok the LED went off after 12.9 s\n" },
	{ "off, at once, while the button is pressed", &wired, LED_ON, "off", "200 off",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 the LED went off after 0.2 s; looking whether it stays off\n"
	  "5400 ok the LED went off after 0.2 s\n" },
	{ "off of one that is off is refused", &wired, LED_OFF, "off", "",
	  "0 BAD the LED is off already: nothing was pressed, as that would turn it on; --force presses all the same\n" },
	{ "off of one that is off, forced", &wired, LED_OFF, "off force", "",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 ok the power button was pressed for 0.5 s; the LED is off: it spoke against this, and is not believed\n" },
	{ "off of one that is on, forced", &wired, LED_ON, "off force", "12900 off",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "12900 the LED went off after 12.9 s; looking whether it stays off\n"
	  "18100 ok the LED went off after 12.9 s\n" },
	{ "off of one that hangs", &wired, LED_ON, "off", "",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "60500 BAD no change in 60 s: try force-off, or --escalate\n" },
	{ "off of one that hangs, escalated", &wired, LED_ON, "off escalate", "64500 off",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n" "60500 no change in 60 s: it is forced off now\n"
	  "60500 holding the power button for 5.5 s\n" "60500 power 1\n" "66000 power 0\n"
	  "66000 the LED went off after 4 s; looking whether it stays off\n"
	  "69700 ok no change in 60 s, so it was forced off: the LED went off after 4 s\n" },
	{ "off, escalated, when a press is enough", &wired, LED_ON, "off escalate", "12900 off",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "12900 the LED went off after 12.9 s; looking whether it stays off\n"
	  "18100 ok the LED went off after 12.9 s\n" },
	{ "off of one that sleeps instead", &wired, LED_ON, "off", "5000 off\n6000 on\n7000 off\n8000 blinking",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "5000 the LED went off after 5 s; looking whether it stays off\n" "6000 the LED is on again\n"
	  "6000 waiting up to 54.5 s for the LED to go off\n"
	  "7000 the LED went off after 7 s; looking whether it stays off\n"
	  "8000 BAD the LED blinks (asleep): it fell asleep instead of going off. `force-off`, or --escalate, cuts its power; set the system to shut down when its power button is pressed\n" },
	{ "off of one that sleeps instead, escalated", &wired, LED_ON, "off escalate", "5000 off\n6000 on\n7000 off\n8000 blinking\n9000 on\n12000 off",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "5000 the LED went off after 5 s; looking whether it stays off\n" "6000 the LED is on again\n"
	  "6000 waiting up to 54.5 s for the LED to go off\n"
	  "7000 the LED went off after 7 s; looking whether it stays off\n"
	  "8000 the LED blinks (asleep): it fell asleep instead of going off, so it is forced off\n"
	  "8000 holding the power button for 5.5 s\n" "8000 power 1\n" "13500 power 0\n"
	  "13500 the LED went off after 4 s; looking whether it stays off\n"
	  "17200 ok the LED went off after 4 s\n" },
	{ "off of a sleeping one is refused", &wired, LED_BLINKING, "off", "",
	  "0 BAD the LED blinks (asleep): a press would only wake it. `on` does that; `force-off`, or --escalate, cuts its power\n" },
	{ "off of a sleeping one, escalated", &wired, LED_BLINKING, "off escalate", "1000 on\n4000 off",
	  "0 the LED blinks (asleep): a press would only wake it, so it is forced off\n"
	  "0 holding the power button for 5.5 s\n" "0 power 1\n" "5500 power 0\n"
	  "5500 the LED went off after 4 s; looking whether it stays off\n" "9200 ok the LED went off after 4 s\n" },
	{ "off of a sleeping one, forced", &wired, LED_BLINKING, "off force", "1000 on",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 ok the power button was pressed for 0.5 s; the LED blinks (asleep): it spoke against this, and is not believed\n" },
	{ "off of a sleeping one, forced and escalated", &wired, LED_BLINKING, "off force escalate", "1000 on\n4000 off",
	  "0 the LED blinks (asleep): a press would only wake it, so it is forced off\n"
	  "0 holding the power button for 5.5 s\n" "0 power 1\n" "5500 power 0\n"
	  "5500 the LED went off after 4 s; looking whether it stays off\n" "9200 ok the LED went off after 4 s\n" },
	{ "off of one that restarts instead", &wired, LED_ON, "off", "20000 off\n22000 on",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "20000 the LED went off after 20 s; looking whether it stays off\n" "22000 the LED is on again\n"
	  "22000 waiting up to 38.5 s for the LED to go off\n"
	  "60500 BAD the LED went off after 20 s, but not for long: try force-off, or --escalate\n" },
	{ "off without an LED", &no_led, LED_UNKNOWN, "off", "",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 ok the power button was pressed for 0.5 s; there is no led-line: what came of it cannot be known\n" },
	{ "off without an LED, escalated", &no_led, LED_UNKNOWN, "off escalate", "",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "60500 60 s have passed; whether it is off cannot be seen, so it is forced off\n"
	  "60500 holding the power button for 5.5 s\n" "60500 power 1\n" "66000 power 0\n"
	  "66000 ok the power button was held for 5.5 s; there is no led-line: what came of it cannot be known\n" },
	{ "off, and the LED is lost", &wired, LED_ON, "off", "3000 unknown",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "60500 BAD the LED cannot be read or flickers: what came of it cannot be known\n" },
	{ "off, forced, and the LED is lost", &wired, LED_ON, "off force", "3000 unknown",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "60500 BAD the LED cannot be read or flickers: what came of it cannot be known\n" },
	{ "off, and the LED says it twice", &wired, LED_ON, "off", "12900 off\n14000 off@12900",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "12900 the LED went off after 12.9 s; looking whether it stays off\n"
	  "18100 ok the LED went off after 12.9 s\n" },

	/* force-off */
	{ "force-off", &wired, LED_ON, "force-off", "4000 off",
	  "0 holding the power button for 5.5 s\n" "0 power 1\n" "5500 power 0\n"
	  "5500 the LED went off after 4 s; looking whether it stays off\n" "9200 ok the LED went off after 4 s\n" },
	{ "force-off of one that is in its firmware, off at once: held to the end", &wired, LED_ON, "force-off", "100 off",
	  "0 holding the power button for 5.5 s\n" "0 power 1\n" "5500 power 0\n"
	  "5500 the LED went off after 0.1 s; looking whether it stays off\n"
	  "5500 ok the LED went off after 0.1 s\n" },
	{ "force-off of one that is off is refused", &wired, LED_OFF, "force-off", "",
	  "0 BAD the LED is off already: nothing was pressed, as that would turn it on; --force presses all the same\n" },
	{ "force-off of one that is off, forced", &wired, LED_OFF, "force-off force", "",
	  "0 holding the power button for 5.5 s\n" "0 power 1\n" "5500 power 0\n"
	  "5500 ok the power button was held for 5.5 s; the LED is off: it spoke against this, and is not believed\n" },
	{ "force-off of a sleeping one", &wired, LED_BLINKING, "force-off", "1000 on\n4000 off",
	  "0 holding the power button for 5.5 s\n" "0 power 1\n" "5500 power 0\n"
	  "5500 the LED went off after 4 s; looking whether it stays off\n" "9200 ok the LED went off after 4 s\n" },
	{ "force-off, and nothing happens", &wired, LED_ON, "force-off", "",
	  "0 holding the power button for 5.5 s\n" "0 power 1\n" "5500 power 0\n"
	  "5500 waiting up to 8 s for the LED to go off\n"
	  "13500 BAD the LED is on even after holding the button for 5.5 s: look at the wires of button and LED, and at led-flags\n" },
	{ "force-off of one that starts again", &wired, LED_ON, "force-off", "4000 off\n7000 on",
	  "0 holding the power button for 5.5 s\n" "0 power 1\n" "5500 power 0\n"
	  "5500 the LED went off after 4 s; looking whether it stays off\n" "7000 the LED is on again\n"
	  "7000 waiting up to 6.5 s for the LED to go off\n"
	  "13500 BAD the LED went off after 4 s, but not for long: it is turned on by something else\n" },
	{ "force-off, and the LED is lost", &wired, LED_ON, "force-off", "6000 unknown",
	  "0 holding the power button for 5.5 s\n" "0 power 1\n" "5500 power 0\n"
	  "5500 waiting up to 8 s for the LED to go off\n"
	  "13500 BAD the LED cannot be read or flickers: what came of it cannot be known\n" },
	{ "force-off, and the LED says it twice", &wired, LED_ON, "force-off", "4000 off\n6000 off@4000",
	  "0 holding the power button for 5.5 s\n" "0 power 1\n" "5500 power 0\n"
	  "5500 the LED went off after 4 s; looking whether it stays off\n" "9200 ok the LED went off after 4 s\n" },
	{ "force-off without an LED", &no_led, LED_UNKNOWN, "force-off", "",
	  "0 holding the power button for 5.5 s\n" "0 power 1\n" "5500 power 0\n"
	  "5500 ok the power button was held for 5.5 s; there is no led-line: what came of it cannot be known\n" },

	/* cycle */
	{ "cycle", &wired, LED_ON, "cycle", "12900 off\n18500 on",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "12900 the LED went off after 12.9 s; looking whether it stays off\n"
	  "18100 pressing the power button for 0.5 s\n" "18100 power 1\n" "18600 power 0\n"
	  "18600 the LED came on after 0.4 s; looking whether it stays on\n"
	  "20500 ok the LED went off after 12.9 s; turned on again, the LED came on after 0.4 s\n" },
	{ "cycle of one that is off", &wired, LED_OFF, "cycle", "300 on",
	  "0 the LED is off already: it only has to be turned on\n" "0 pressing the power button for 0.5 s\n"
	  "0 power 1\n" "500 power 0\n" "500 the LED came on after 0.3 s; looking whether it stays on\n"
	  "2300 ok the LED came on after 0.3 s\n" },
	{ "cycle of one that hangs", &wired, LED_ON, "cycle", "",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "60500 BAD no change in 60 s: try force-off, or --escalate\n" },
	{ "cycle of one that hangs, escalated", &wired, LED_ON, "cycle escalate", "64500 off\n70600 on",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n" "60500 no change in 60 s: it is forced off now\n"
	  "60500 holding the power button for 5.5 s\n" "60500 power 1\n" "66000 power 0\n"
	  "66000 the LED went off after 4 s; looking whether it stays off\n"
	  "69700 pressing the power button for 0.5 s\n" "69700 power 1\n" "70200 power 0\n"
	  "70200 waiting up to 10 s for the LED to come on\n"
	  "70600 the LED came on after 0.9 s; looking whether it stays on\n"
	  "72600 ok no change in 60 s, so it was forced off: the LED went off after 4 s; turned on again, the LED came on after 0.9 s\n" },
	{ "cycle of one that comes back by itself", &wired, LED_ON, "cycle", "10000 off\n15150 on",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "10000 the LED went off after 10 s; looking whether it stays off\n" "15150 the LED is on again\n"
	  "15150 waiting up to 45.4 s for the LED to go off\n"
	  "60500 BAD the LED went off after 10 s, but not for long: try force-off, or --escalate\n" },
	{ "cycle of one that comes back by itself in the pause", &patient, LED_ON, "cycle", "5000 off\n10300 on",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "5000 the LED went off after 5 s; looking whether it stays off\n"
	  "10200 waiting 14.8 s before it is turned on\n" "25000 the LED is on: it came on by itself\n"
	  "25000 ok the LED went off after 5 s; then it came on by itself\n" },
	{ "cycle of one that comes and goes in the pause", &patient, LED_ON, "cycle", "5000 off\n10300 on\n11000 off\n25800 on",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "5000 the LED went off after 5 s; looking whether it stays off\n"
	  "10200 waiting 14.8 s before it is turned on\n" "25000 pressing the power button for 0.5 s\n"
	  "25000 power 1\n" "25500 power 0\n" "25500 waiting up to 10 s for the LED to come on\n"
	  "25800 the LED came on after 0.8 s; looking whether it stays on\n"
	  "27800 ok the LED went off after 5 s; turned on again, the LED came on after 0.8 s\n" },
	{ "cycle of a sleeping one is refused", &wired, LED_BLINKING, "cycle", "",
	  "0 BAD the LED blinks (asleep): a press would only wake it. `on` does that; `force-off`, or --escalate, cuts its power\n" },
	{ "cycle of a sleeping one, escalated", &wired, LED_BLINKING, "cycle escalate", "1000 on\n4000 off\n10000 on",
	  "0 the LED blinks (asleep): a press would only wake it, so it is forced off\n"
	  "0 holding the power button for 5.5 s\n" "0 power 1\n" "5500 power 0\n"
	  "5500 the LED went off after 4 s; looking whether it stays off\n"
	  "9200 pressing the power button for 0.5 s\n" "9200 power 1\n" "9700 power 0\n"
	  "9700 waiting up to 15 s for the LED to come on\n"
	  "10000 the LED came on after 0.8 s; looking whether it stays on\n"
	  "15200 ok the LED went off after 4 s; turned on again, the LED came on after 0.8 s\n" },
	{ "cycle of one that sleeps instead, escalated", &wired, LED_ON, "cycle escalate", "5000 off\n6000 on\n7000 off\n8000 blinking\n9000 on\n12000 off\n18000 on",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "5000 the LED went off after 5 s; looking whether it stays off\n" "6000 the LED is on again\n"
	  "6000 waiting up to 54.5 s for the LED to go off\n"
	  "7000 the LED went off after 7 s; looking whether it stays off\n"
	  "8000 the LED blinks (asleep): it fell asleep instead of going off, so it is forced off\n"
	  "8000 holding the power button for 5.5 s\n" "8000 power 1\n" "13500 power 0\n"
	  "13500 the LED went off after 4 s; looking whether it stays off\n"
	  "17200 pressing the power button for 0.5 s\n" "17200 power 1\n" "17700 power 0\n"
	  "17700 waiting up to 15 s for the LED to come on\n"
	  "18000 the LED came on after 0.8 s; looking whether it stays on\n"
	  "23200 ok the LED went off after 4 s; turned on again, the LED came on after 0.8 s\n" },
	{ "cycle of one that does not come on again", &wired, LED_ON, "cycle", "10000 off",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "10000 the LED went off after 10 s; looking whether it stays off\n"
	  "15200 pressing the power button for 0.5 s\n" "15200 power 1\n" "15700 power 0\n"
	  "15700 waiting up to 10 s for the LED to come on\n"
	  "25700 BAD no change in 10 s, the LED is off: has it mains power, and does the wire reach its power button?\n" },
	{ "cycle without an LED is refused", &no_led, LED_UNKNOWN, "cycle", "",
	  "0 BAD there is no led-line, so it cannot be seen when the machine is off: --escalate presses, waits 60 s, then forces it off; --force presses, waits, and hopes\n" },
	{ "cycle without an LED, escalated", &no_led, LED_UNKNOWN, "cycle escalate", "",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "60500 60 s have passed; whether it is off cannot be seen, so it is forced off\n"
	  "60500 holding the power button for 5.5 s\n" "60500 power 1\n" "66000 power 0\n"
	  "66000 waiting 5 s before it is turned on\n" "71000 pressing the power button for 0.5 s\n"
	  "71000 power 1\n" "71500 power 0\n"
	  "71500 ok the power button was pressed and held, and pressed again to turn it on; there is no led-line: what came of it cannot be known\n" },
	{ "cycle without an LED, forced", &no_led, LED_UNKNOWN, "cycle force", "",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "60500 60 s have passed; whether it is off cannot be seen\n"
	  "60500 waiting 5 s before it is turned on\n" "65500 pressing the power button for 0.5 s\n"
	  "65500 power 1\n" "66000 power 0\n"
	  "66000 ok the power button was pressed, and pressed again to turn it on; there is no led-line: what came of it cannot be known\n" },
	{ "cycle with an LED that is dead, forced", &wired, LED_OFF, "cycle force", "",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "60500 60 s have passed; whether it is off cannot be seen\n"
	  "60500 waiting 5 s before it is turned on\n" "65500 pressing the power button for 0.5 s\n"
	  "65500 power 1\n" "66000 power 0\n"
	  "66000 ok the power button was pressed, and pressed again to turn it on; the LED is off: it spoke against this, and is not believed\n" },
	{ "cycle with an LED that is seen late", &wired, LED_UNKNOWN, "cycle escalate", "76300 on",
	  "0 looking at the LED for 5.2 s\n" "5200 pressing the power button for 0.5 s\n" "5200 power 1\n"
	  "5700 power 0\n" "5700 waiting up to 60 s for the LED to go off\n"
	  "65700 60 s have passed; whether it is off cannot be seen, so it is forced off\n"
	  "65700 holding the power button for 5.5 s\n" "65700 power 1\n" "71200 power 0\n"
	  "71200 waiting 5 s before it is turned on\n" "76200 pressing the power button for 0.5 s\n"
	  "76200 power 1\n" "76700 power 0\n" "76700 the LED came on after 0.1 s; looking whether it stays on\n"
	  "78300 ok the LED is on; whether it was off before that cannot be known\n" },
	{ "cycle, and the LED is lost on the way", &wired, LED_ON, "cycle", "3000 unknown",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "60500 BAD the LED cannot be read or flickers: what came of it cannot be known\n" },

	/* reset */
	{ "reset", &wired, LED_ON, "reset", "",
	  "0 pressing the reset button for 0.5 s\n" "0 reset 1\n" "500 reset 0\n"
	  "500 looking at what the LED says now\n"
	  "2500 ok reset; the LED is on, which is all that it can show: look at the console\n" },
	{ "reset that turns it off", &wired, LED_ON, "reset", "1000 off",
	  "0 pressing the reset button for 0.5 s\n" "0 reset 1\n" "500 reset 0\n"
	  "500 looking at what the LED says now\n" "6200 BAD the LED is off after the reset: `on` turns it on\n" },
	{ "reset of one that is off is refused", &wired, LED_OFF, "reset", "",
	  "0 BAD the LED is off: there is nothing to reset; `on` turns it on, --force resets all the same\n" },
	{ "reset of one that is off, forced", &wired, LED_OFF, "reset force", "",
	  "0 pressing the reset button for 0.5 s\n" "0 reset 1\n" "500 reset 0\n"
	  "500 ok the reset button was pressed for 0.5 s; the LED is off: it spoke against this, and is not believed\n" },
	{ "reset of a sleeping one that ignores it", &wired, LED_BLINKING, "reset", "",
	  "0 pressing the reset button for 0.5 s\n" "0 reset 1\n" "500 reset 0\n"
	  "500 looking at what the LED says now\n"
	  "8500 BAD the LED blinks (asleep) even after the reset: `on` wakes it\n" },
	{ "reset of a sleeping one", &wired, LED_BLINKING, "reset", "3000 on",
	  "0 pressing the reset button for 0.5 s\n" "0 reset 1\n" "500 reset 0\n"
	  "500 looking at what the LED says now\n"
	  "8200 ok reset; the LED is on, which is all that it can show: look at the console\n" },
	{ "reset, and the LED is lost", &wired, LED_ON, "reset", "300 unknown",
	  "0 pressing the reset button for 0.5 s\n" "0 reset 1\n" "500 reset 0\n"
	  "500 ok the reset button was pressed for 0.5 s; the LED cannot be read or flickers: what came of it cannot be known\n" },
	{ "reset, and the LED is lost afterwards", &wired, LED_ON, "reset", "1000 unknown",
	  "0 pressing the reset button for 0.5 s\n" "0 reset 1\n" "500 reset 0\n"
	  "500 looking at what the LED says now\n"
	  "6200 BAD the LED cannot be read or flickers: what came of it cannot be known\n" },
	{ "reset without an LED", &no_led, LED_UNKNOWN, "reset", "",
	  "0 pressing the reset button for 0.5 s\n" "0 reset 1\n" "500 reset 0\n"
	  "500 ok the reset button was pressed for 0.5 s; there is no led-line: what came of it cannot be known\n" },
	{ "reset without a line", &no_reset, LED_ON, "reset", "",
	  "0 BAD this machine has no reset-line in the config; `cycle` turns it off and on instead\n" },
	{ "nothing but an LED", &only_led, LED_ON, "off", "",
	  "0 BAD this machine has no power-line in the config: name the line that its power button is wired to\n" },

	/* ended before its end */
	{ "stopped while the button is pressed", &wired, LED_ON, "off", "200 abort",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "200 power 0\n"
	  "200 BAD stopped on request; the power button was pressed for 0.2 s, which may have turned it on, or begun a shutdown\n" },
	{ "stopped while waiting", &wired, LED_ON, "off", "30000 abort",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n" "30000 BAD stopped on request\n" },
	{ "stopped in a hold", &wired, LED_ON, "force-off", "1300 abort",
	  "0 holding the power button for 5.5 s\n" "0 power 1\n" "1300 power 0\n"
	  "1300 BAD stopped on request; the power button was pressed for 1.3 s, which may have turned it on, or begun a shutdown\n" },
	{ "stopped in a hold, late", &wired, LED_ON, "force-off", "4800 abort",
	  "0 holding the power button for 5.5 s\n" "0 power 1\n" "4800 power 0\n"
	  "4800 BAD stopped on request; the power button was pressed for 4.8 s\n" },
	{ "stopped in the pause", &patient, LED_ON, "cycle", "5000 off\n10400 abort",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "500 power 0\n"
	  "500 waiting up to 60 s for the LED to go off\n"
	  "5000 the LED went off after 5 s; looking whether it stays off\n"
	  "10200 waiting 14.8 s before it is turned on\n"
	  "10400 BAD stopped on request before it was turned on again\n" },
	{ "stopped in a reset", &wired, LED_ON, "reset", "100 abort",
	  "0 pressing the reset button for 0.5 s\n" "0 reset 1\n" "100 reset 0\n"
	  "100 BAD stopped on request; the reset button was pressed for 0.1 s\n" },
	{ "the chip is gone in a press", &wired, LED_OFF, "on", "200 fault the chip of gpiochip0 line 17 is gone; plug it in again",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "200 power 0\n"
	  "200 BAD the chip of gpiochip0 line 17 is gone; plug it in again\n" },
	{ "a fault without a reason", &wired, LED_OFF, "on", "200 fault ",
	  "0 pressing the power button for 0.5 s\n" "0 power 1\n" "200 power 0\n" "200 BAD no reason was given\n" },

	/* programs */
	{ "on by command", &bmc, LED_OFF, "on", "400 ran\n2400 on",
	  "0 running command-on\n" "0 run on\n" "400 waiting up to 10 s for command-status to say on\n"
	  "2400 command-status said on after 2.4 s\n" "2400 ok command-status said on after 2.4 s\n" },
	{ "on by command, fails", &bmc, LED_OFF, "on", "400 failed command-on ended with status 1: no such outlet",
	  "0 running command-on\n" "0 run on\n" "400 BAD command-on ended with status 1: no such outlet\n" },
	{ "on by command, hangs", &bmc, LED_OFF, "on", "",
	  "0 running command-on\n" "0 run on\n" "40000 stop\n"
	  "40000 BAD the command did not end within 40 s and was killed; try it by hand\n" },
	{ "on by command, stopped", &bmc, LED_OFF, "on", "400 abort",
	  "0 running command-on\n" "0 run on\n" "400 stop\n" "400 BAD stopped on request\n" },
	{ "on by command of one that is on", &bmc, LED_ON, "on", "",
	  "0 BAD command-status says on: nothing was done; --force runs command-on all the same\n" },
	{ "on by command that does nothing", &bmc, LED_OFF, "on", "400 ran",
	  "0 running command-on\n" "0 run on\n" "400 waiting up to 10 s for command-status to say on\n"
	  "10400 BAD command-status says off, 10 s after command-on\n" },
	{ "off by command", &bmc, LED_ON, "off", "400 ran\n20400 off",
	  "0 running command-off\n" "0 run off\n" "400 waiting up to 60 s for command-status to say off\n"
	  "20400 command-status said off after 20.4 s\n" "20400 ok command-status said off after 20.4 s\n" },
	{ "off by command of one that is off", &bmc, LED_OFF, "off", "",
	  "0 BAD command-status says off already: nothing was done; --force runs command-off all the same\n" },
	{ "off by command that does nothing", &bmc, LED_ON, "off", "400 ran",
	  "0 running command-off\n" "0 run off\n" "400 waiting up to 60 s for command-status to say off\n"
	  "60400 BAD no change in 60 s: try force-off, or --escalate\n" },
	{ "off by command, escalated", &bmc, LED_ON, "off escalate", "400 ran\n60900 ran\n62000 off",
	  "0 running command-off\n" "0 run off\n" "400 waiting up to 60 s for command-status to say off\n"
	  "60400 no change in 60 s: it is forced off now\n" "60400 running command-force-off\n"
	  "60400 run force-off\n" "60900 waiting up to 8 s for command-status to say off\n"
	  "62000 command-status said off after 1.6 s\n"
	  "62000 ok no change in 60 s, so it was forced off: command-status said off after 1.6 s\n" },
	{ "force-off by command that does nothing", &bmc, LED_ON, "force-off", "400 ran",
	  "0 running command-force-off\n" "0 run force-off\n"
	  "400 waiting up to 8 s for command-status to say off\n"
	  "8400 BAD command-status says on even after command-force-off\n" },
	{ "cycle by command", &bmc, LED_ON, "cycle", "400 ran\n20400 off\n25900 ran\n27000 on",
	  "0 running command-off\n" "0 run off\n" "400 waiting up to 60 s for command-status to say off\n"
	  "20400 command-status said off after 20.4 s\n" "20400 waiting 5 s before it is turned on\n"
	  "25400 running command-on\n" "25400 run on\n" "25900 waiting up to 10 s for command-status to say on\n"
	  "27000 command-status said on after 1.6 s\n"
	  "27000 ok command-status said off after 20.4 s; turned on again, command-status said on after 1.6 s\n" },
	{ "cycle by command, forced, with an answer lost", &bmc, LED_UNKNOWN, "cycle force", "300 unknown\n900 ran\n66000 ran\n67000 on",
	  "0 asking command-status\n" "300 running command-off\n" "300 run off\n"
	  "900 waiting up to 60 s for command-status to say off\n"
	  "60900 60 s have passed; whether it is off cannot be seen\n"
	  "60900 waiting 5 s before it is turned on\n" "65900 running command-on\n" "65900 run on\n"
	  "66000 ok both commands ended well; command-status does not tell: what came of it cannot be known\n" },
	{ "cycle by command, with an answer lost", &bmc, LED_UNKNOWN, "cycle", "300 unknown\n900 ran\n2000 off\n7500 ran\n8000 on",
	  "0 asking command-status\n" "300 running command-off\n" "300 run off\n"
	  "900 waiting up to 60 s for command-status to say off\n" "2000 command-status said off after 1.7 s\n"
	  "2000 waiting 5 s before it is turned on\n" "7000 running command-on\n" "7000 run on\n"
	  "7500 waiting up to 10 s for command-status to say on\n" "8000 command-status said on after 1 s\n"
	  "8000 ok command-status said off after 1.7 s; turned on again, command-status said on after 1 s\n" },
	{ "reset by command", &bmc, LED_ON, "reset", "400 ran",
	  "0 running command-reset\n" "0 run reset\n" "400 looking at what command-status says now\n"
	  "2400 ok reset; command-status says on, which is all that it can show: look at the console\n" },
	{ "on by relay", &relay, LED_UNKNOWN, "on", "400 ran",
	  "0 running command-on\n" "0 run on\n"
	  "400 ok the command ended well; there is no command-status: what came of it cannot be known\n" },
	{ "off by relay", &relay, LED_UNKNOWN, "off", "400 ran",
	  "0 running command-off\n" "0 run off\n"
	  "400 ok the command ended well; there is no command-status: what came of it cannot be known\n" },
	{ "cycle by relay", &relay, LED_UNKNOWN, "cycle", "400 ran\n5800 ran",
	  "0 running command-off\n" "0 run off\n" "400 waiting 5 s before it is turned on\n"
	  "5400 running command-on\n" "5400 run on\n"
	  "5800 ok both commands ended well; there is no command-status: what came of it cannot be known\n" },
	{ "reset by relay", &relay, LED_UNKNOWN, "reset", "",
	  "0 BAD this machine has no command-reset in the config; `cycle` turns it off and on instead\n" },
	{ "force-off by relay", &relay, LED_UNKNOWN, "force-off", "",
	  "0 BAD this machine has no command-force-off in the config: set one, the program and its arguments\n" },
	{ "on by relay, escalated", &relay, LED_UNKNOWN, "on escalate", "400 ran",
	  "0 running command-on\n" "0 run on\n"
	  "400 ok the command ended well; there is no command-status: what came of it cannot be known\n" },
	{ "on where there is nothing else", &only_on, LED_UNKNOWN, "on", "400 ran",
	  "0 running command-on\n" "0 run on\n"
	  "400 ok the command ended well; there is no command-status: what came of it cannot be known\n" },
	{ "cycle where there is only on", &only_on, LED_UNKNOWN, "cycle", "",
	  "0 BAD this machine has no command-off in the config: set one, the program and its arguments\n" },
	{ "off where there is nothing else", &only_off, LED_UNKNOWN, "off", "400 ran",
	  "0 running command-off\n" "0 run off\n"
	  "400 ok the command ended well; there is no command-status: what came of it cannot be known\n" },
	{ "on where there is only off", &only_off, LED_UNKNOWN, "on", "",
	  "0 BAD this machine has no command-on in the config: set one, the program and its arguments\n" },
	{ "cycle where there is only off", &only_off, LED_UNKNOWN, "cycle", "",
	  "0 BAD this machine has no command-on in the config: set one, the program and its arguments\n" },
	{ "off by relay, escalated", &relay, LED_UNKNOWN, "off escalate", "",
	  "0 BAD --escalate needs a command-force-off in the config, and this machine has none\n" },
};
