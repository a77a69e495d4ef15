#include "base/fault.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct fault_text texts[FAULT_ID_COUNT] = {
	[FAULT_NONE] = { "S100", "nothing went wrong", "Go on.", EXIT_DONE },

	[FAULT_AGREEMENT_NONE] = { "A101", "this node has no agreement yet",
	    "Adopt the sharing agreement first: satchel agreement adopt FILE.",
	    EXIT_NOT_TRUSTED },
	[FAULT_AGREEMENT_FORM] = { "A102",
	    "the agreement file is not in the form of an agreement",
	    "Ask the working group for the file again; the agreement in force "
	    "stays as it is.",
	    EXIT_NOT_TRUSTED },
	[FAULT_AGREEMENT_ERRORS] = { "A103",
	    "the agreement has errors and cannot be adopted",
	    "Show the list from satchel agreement check to the working group; "
	    "the agreement in force stays as it is.",
	    EXIT_NOT_TRUSTED },
	[FAULT_AGREEMENT_SIGNATURES] = { "A104",
	    "too few parties have signed the agreement",
	    "Ask for the missing signature files, put them beside the "
	    "agreement, and try again.",
	    EXIT_NOT_TRUSTED },
	[FAULT_AGREEMENT_OLDER] = { "A105",
	    "the agreement is not newer than one adopted before",
	    "Ask the working group for the newest version; the agreement in "
	    "force stays as it is.",
	    EXIT_NOT_TRUSTED },
	[FAULT_AGREEMENT_JUMP] = { "A106",
	    "the version of the agreement is too far ahead",
	    "Tell the working group: a version goes up by less than 1000 at a "
	    "time.",
	    EXIT_NOT_TRUSTED },
	[FAULT_AGREEMENT_CONFIRM] = { "A107",
	    "the first agreement must be confirmed by a person",
	    "Compare the fingerprint with the working group by phone or on "
	    "paper, then give it with --confirm.",
	    EXIT_NOT_TRUSTED },
	[FAULT_AGREEMENT_FINGERPRINT] = { "A108",
	    "the fingerprint given is not that of this agreement",
	    "Read the fingerprint again, digit by digit; if it still differs, "
	    "do not use the file and tell the focal point.",
	    EXIT_NOT_TRUSTED },
	[FAULT_AGREEMENT_PRACTICE_NODE] = { "A109",
	    "a practice node without passphrase may not adopt a live agreement",
	    "Make a node with a passphrase for live work, in another folder.",
	    EXIT_NOT_TRUSTED },
	[FAULT_AGREEMENT_OTHER] = { "A110",
	    "the file belongs to another agreement than the one in force",
	    "Check which agreement this site works under; to start again with "
	    "another one, use --restart together with --confirm.",
	    EXIT_NOT_TRUSTED },
	[FAULT_AGREEMENT_ENDED] = { "A111",
	    "the agreement has ended or has not begun",
	    "Ask the working group to renew it; nothing is lost, and "
	    "withdrawals, answers and receipts still travel.",
	    EXIT_NOT_TRUSTED },
	[FAULT_AGREEMENT_NOT_LISTED] = { "A112",
	    "the agreement does not list this node with its keys",
	    "Send the output of satchel identity to the working group, and "
	    "adopt the version that lists it.",
	    EXIT_NOT_TRUSTED },
	[FAULT_AGREEMENT_NO_NODE] = { "A113",
	    "the agreement has no such node that may take part",
	    "Check the node's code against satchel agreement show.",
	    EXIT_NOT_TRUSTED },
	[FAULT_AGREEMENT_PARTY] = { "A114",
	    "the agreement has no such party that may take part",
	    "Check the party against satchel agreement show; a party that did "
	    "not sign cannot send or receive.",
	    EXIT_NOT_TRUSTED },
	[FAULT_AGREEMENT_LACKS] = { "A115",
	    "the agreement lacks a word or an id of the other system",
	    "Ask the working group to complete the agreement's lists, adopt "
	    "that version, and load again: what is done already is not done "
	    "twice.",
	    EXIT_NOT_TRUSTED },
	[FAULT_ROSTER_FORM] = { "A121",
	    "the staff list is not in the form of a staff list",
	    "Ask the party for the file again; the list in force stays as it "
	    "is.",
	    EXIT_NOT_TRUSTED },
	[FAULT_ROSTER_ERRORS] = { "A122",
	    "the staff list has errors and cannot be adopted",
	    "Show the list from satchel agreement check to the party's focal "
	    "point; the list in force stays as it is.",
	    EXIT_NOT_TRUSTED },
	[FAULT_ROSTER_SIGNATURE] = { "A123",
	    "the staff list is not signed by the party whose staff it lists",
	    "Ask that party for the list and its signature file again, and put "
	    "both side by side; nobody else can sign it, and the list in force "
	    "stays as it is.",
	    EXIT_NOT_TRUSTED },
	[FAULT_ROSTER_OLDER] = { "A124",
	    "the staff list is not newer than one adopted before",
	    "Ask the party for its newest list; the list in force stays as it "
	    "is.",
	    EXIT_NOT_TRUSTED },
	[FAULT_ROSTER_JUMP] = { "A125",
	    "the version of the staff list is too far ahead",
	    "Tell the party: a version goes up by less than 1000 at a time; "
	    "the list in force stays as it is.",
	    EXIT_NOT_TRUSTED },
	[FAULT_ROSTER_TWICE] = { "A126",
	    "there are two different staff lists of the same version",
	    "Keep both files and tell the party's focal point at once: it has "
	    "signed two lists under one number, or its key is in other hands; "
	    "the list in force stays as it is.",
	    EXIT_NOT_TRUSTED },
	[FAULT_ROSTER_NUMBER] = { "A127",
	    "the number of this staff list was used up by one that does not "
	    "count any more",
	    "Ask the party for the list under a greater number; until then its "
	    "offices have the users of the agreement.",
	    EXIT_NOT_TRUSTED },
	[FAULT_AGREEMENT_AHEAD] = { "A128",
	    "the agreement begins on a later day, and the one in force is "
	    "still valid",
	    "Adopt it on the day it begins: until then the one in force goes "
	    "on, and work with it.",
	    EXIT_NOT_TRUSTED },
	[FAULT_AGREEMENT_MIXED] = { "A116",
	    "a node never changes between practice and live work",
	    "Make another node in another folder for the other one, with a "
	    "code of its own; this node stays as it is.",
	    EXIT_NOT_TRUSTED },

	[FAULT_BUNDLE_CUT_SHORT] = { "B101",
	    "the bundle ends too early, so part of it is missing",
	    "Copy the file again from where you got it, and wait for the copy "
	    "to finish before taking out the memory stick; nothing was "
	    "imported.",
	    EXIT_NOT_READABLE },
	[FAULT_BUNDLE_TOO_LARGE] = { "B102",
	    "the bundle or a part of it is larger than the format allows",
	    "Ask the sender to export fewer referrals at a time; nothing was "
	    "imported.",
	    EXIT_NOT_READABLE },
	[FAULT_BUNDLE_NOT_ONE] = { "B103", "the file is not a satchel bundle",
	    "Check that you picked the right file; if you did, copy it again "
	    "from where you got it.",
	    EXIT_NOT_READABLE },
	[FAULT_BUNDLE_LINES] = { "B104",
	    "the four lines at the start of the bundle are damaged",
	    "Copy the file again from where you got it, without opening it in "
	    "an editor; nothing was imported.",
	    EXIT_NOT_READABLE },
	[FAULT_BUNDLE_TAR] = { "B105",
	    "the archive in the bundle does not have the form it must have",
	    "Tell the sender to export again with satchel; nothing was "
	    "imported.",
	    EXIT_NOT_READABLE },
	[FAULT_BUNDLE_GZIP] = { "B106",
	    "the compressed data in the bundle cannot be unpacked",
	    "Tell the sender to export again with satchel; nothing was "
	    "imported.",
	    EXIT_NOT_READABLE },
	[FAULT_BUNDLE_INFLATES] = { "B107",
	    "the bundle unpacks to far more than its size can honestly hold",
	    "Keep the file, do not load it, and tell the focal point; nothing "
	    "was imported.",
	    EXIT_NOT_READABLE },
	[FAULT_BUNDLE_TOTALS] = { "B108",
	    "the totals in the bundle do not agree with what it holds",
	    "Tell the sender to export again with satchel; nothing was "
	    "imported.",
	    EXIT_NOT_READABLE },
	[FAULT_BUNDLE_INSIDE] = { "B109",
	    "the description inside the bundle is not in the right form",
	    "Tell the sender to export again with satchel; nothing was "
	    "imported.",
	    EXIT_NOT_READABLE },
	[FAULT_BUNDLE_RECORD] = { "B110",
	    "a record in the bundle is not in the right form",
	    "Tell the sender which record it is and to export again; nothing "
	    "was imported.",
	    EXIT_NOT_READABLE },
	[FAULT_BUNDLE_NEWER] = { "B111",
	    "the bundle was made by a newer program than this one",
	    "Install the newer satchel and import the same file again; "
	    "nothing is lost.",
	    EXIT_NOT_READABLE },
	[FAULT_BUNDLE_ATTACHMENT] = { "B112",
	    "the attachments in the bundle do not match its referrals",
	    "Tell the sender to export again with satchel; nothing was "
	    "imported.",
	    EXIT_NOT_READABLE },

	[FAULT_BUNDLE_KEY_UNKNOWN] = { "B201",
	    "the agreement does not know the key that signed the bundle",
	    "Ask the focal point whether there is a newer agreement, adopt it "
	    "and try again; if there is none, do not load the bundle. If it "
	    "was signed with a key that was changed since, its sender exports "
	    "again.",
	    EXIT_NOT_TRUSTED },
	[FAULT_BUNDLE_KEY_REVOKED] = { "B202",
	    "the key that signed the bundle has been revoked",
	    "Keep the file, do not load it, and tell the focal point at once.",
	    EXIT_NOT_TRUSTED },
	[FAULT_BUNDLE_MAY_NOT_SEND] = { "B203",
	    "the node that signed the bundle may not send under the agreement",
	    "Ask the focal point; nothing was imported.", EXIT_NOT_TRUSTED },
	[FAULT_BUNDLE_SIGNATURE] = { "B204",
	    "the signature does not match, so the bundle is not as it was sent",
	    "Leave this file alone and copy it again from where you got it; "
	    "if it is refused again, do not load it and tell the focal point.",
	    EXIT_NOT_TRUSTED },
	[FAULT_BUNDLE_NOT_OURS] = { "B205",
	    "the bundle is not sealed to this node",
	    "Give it to the node it is meant for, or ask the sender who that "
	    "is; nothing was imported.",
	    EXIT_NOT_TRUSTED },
	[FAULT_BUNDLE_RECIPIENTS] = { "B206",
	    "the bundle is sealed to other keys than it says",
	    "Keep the file, do not load it, and tell the focal point.",
	    EXIT_NOT_TRUSTED },
	[FAULT_BUNDLE_OUTSIDE_INSIDE] = { "B207",
	    "the outside of the bundle says something else than its inside",
	    "Keep the file, do not load it, and tell the focal point.",
	    EXIT_NOT_TRUSTED },
	[FAULT_BUNDLE_SIGNER] = { "B208",
	    "the bundle names another sender than the one who signed it",
	    "Keep the file, do not load it, and tell the focal point.",
	    EXIT_NOT_TRUSTED },
	[FAULT_BUNDLE_TO] = { "B209", "the bundle is addressed to another node",
	    "Keep the file, do not load it, and tell the focal point: "
	    "somebody may have forwarded it.",
	    EXIT_NOT_TRUSTED },
	[FAULT_BUNDLE_ENVIRONMENT] = { "B210",
	    "the bundle mixes live and test work",
	    "Check that sender and receiver both use the live agreement, or "
	    "both the test one; nothing was imported.",
	    EXIT_NOT_TRUSTED },
	[FAULT_BUNDLE_AGREEMENT] = { "B211",
	    "the agreement named in the bundle is not the one known here",
	    "Compare the fingerprints with the sender and tell the focal "
	    "point; nothing was imported.",
	    EXIT_NOT_TRUSTED },
	[FAULT_BUNDLE_NUMBER_TWICE] = { "B212",
	    "another bundle with the same number came from this sender before",
	    "Keep both files, do not load this one, and tell the focal point: "
	    "the sender's computer may have been copied or set back.",
	    EXIT_NOT_TRUSTED },
	[FAULT_BUNDLE_PREVIOUS] = { "B213",
	    "the bundle follows another one than the one received here",
	    "Keep the file, do not load it, and tell the focal point.",
	    EXIT_NOT_TRUSTED },
	[FAULT_BUNDLE_CHECKPOINT] = { "B214",
	    "the head of the sender's log in the bundle does not verify",
	    "Keep the file, do not load it, and tell the focal point.",
	    EXIT_NOT_TRUSTED },
	[FAULT_BUNDLE_DISTRUSTED] = { "B215",
	    "everything from this office is held since an incident; nothing "
	    "of it was read",
	    "Ask the supervisor of that office by phone which children no "
	    "longer agree: a withdrawal may be inside. The bundle is kept in "
	    "this node, unless it says otherwise, and tried again by itself "
	    "once a newer agreement or satchel incident --trust lets it in.",
	    EXIT_NOT_TRUSTED },
	[FAULT_BUNDLE_LATE] = { "B216",
	    "the bundle is from before its sender was revoked, but came only "
	    "now",
	    "Ask the supervisor of that office by phone what was in it: it "
	    "may be a withdrawal, or a child who waits. The bundle is kept "
	    "in this node, unless it says otherwise, and tried again by "
	    "itself; nothing is to be done with it until a later bundle that "
	    "counts names it, or a newer agreement is adopted.",
	    EXIT_NOT_TRUSTED },
	[FAULT_BUNDLE_CONTENT_TWICE] = { "B217",
	    "two bundles of one sender bear the same id and are not the same",
	    "Keep both files and tell the focal point: the sender's computer "
	    "may be in other hands.",
	    EXIT_NOT_TRUSTED },
	[FAULT_WAYBILL_OTHER] = { "B218",
	    "the file is not the one that the waybill was printed for",
	    "Keep the file, do not load it, and tell the focal point: it was "
	    "changed or exchanged on the way, or the page belongs to another "
	    "one.",
	    EXIT_NOT_TRUSTED },

	[FAULT_DISK_NOT_WRITTEN] = { "D101", "the file could not be written",
	    "Check that the drive is plugged in, not locked and not full, "
	    "then try again; nothing was changed.",
	    EXIT_TRY_AGAIN },
	[FAULT_DISK_NOT_READ] = { "D102", "the file could not be read",
	    "Check that the drive is plugged in and that you may read the "
	    "file, then try again.",
	    EXIT_TRY_AGAIN },
	[FAULT_DISK_NOT_FOUND] = { "D103", "there is no such file or folder",
	    "Check the name and that the drive is plugged in.",
	    EXIT_TRY_AGAIN },
	[FAULT_DISK_EXISTS] = { "D104",
	    "a file of that name is there already and was left as it is",
	    "Choose another name or folder, or move the older file away.",
	    EXIT_TRY_AGAIN },
	[FAULT_DISK_NOT_A_FOLDER] = { "D105",
	    "a folder was expected and this is something else",
	    "Name a folder that exists.", EXIT_TRY_AGAIN },
	[FAULT_DISK_READ_BACK] = { "D106",
	    "the drive did not give back what was written to it",
	    "Use another memory stick and do the same again; nothing is lost "
	    "here.",
	    EXIT_TRY_AGAIN },
	[FAULT_STICK_READ_ONLY] = { "D114",
	    "the memory stick can be read but not written: it is locked",
	    "Check the small switch on its side, or use another stick, and run "
	    "the same command again; nothing was written to it.",
	    EXIT_TRY_AGAIN },
	[FAULT_STICK_CLOSED] = { "D115",
	    "you are not allowed to write to that folder",
	    "Check that it is the stick and not another folder, or ask who "
	    "looks after this computer; nothing was written to it.",
	    EXIT_TRY_AGAIN },
	[FAULT_STICK_FULL] = { "D116",
	    "there is not enough room on the memory stick",
	    "Use another stick, or make room by moving other files away, and "
	    "run the same command again; what waits is safe in this node.",
	    EXIT_TRY_AGAIN },
	[FAULT_STORE_BUSY] = { "D107",
	    "another satchel is at work in this node",
	    "Wait until it has finished, then try again.", EXIT_TRY_AGAIN },
	[FAULT_STORE_DAMAGED] = { "D108", "the store of this node is damaged",
	    "Stop working with this node, keep its folder as it is, and tell "
	    "the focal point; a backup can be put in its place.",
	    EXIT_INSIDE },
	[FAULT_STORE_NEWER] = { "D109",
	    "the store was written by a newer program than this one",
	    "Install the newer satchel; nothing is lost.", EXIT_NOT_READABLE },
	[FAULT_STORE_FAILED] = { "D110",
	    "the store could not keep what was to be remembered",
	    "Check that the disk is not full or locked, then try again; "
	    "nothing was changed.",
	    EXIT_TRY_AGAIN },

	[FAULT_JSON] = { "J101",
	    "the JSON is not well formed or not strict enough to be trusted",
	    "Ask for the file to be written again by the program it came "
	    "from, without editing it.",
	    EXIT_NOT_READABLE },
	[FAULT_SOURCE_UNKNOWN] = { "J102",
	    "the file is in no format that satchel knows",
	    "Check that you picked the system's own export, or name the "
	    "format: --from FORMAT:FILE.",
	    EXIT_NOT_READABLE },
	[FAULT_SOURCE_EMPTY] = { "J103", "the file holds no case",
	    "Export again from the system, with the cases selected.",
	    EXIT_NOT_READABLE },
	[FAULT_SOURCE_FORM] = { "J104",
	    "the file is not in the form its format has",
	    "Export again from the system, and do not edit the file.",
	    EXIT_NOT_READABLE },
	[FAULT_SOURCE_TOO_LARGE] = { "J105",
	    "the file or a part of it is larger than satchel takes",
	    "Export fewer cases at a time.", EXIT_NOT_READABLE },
	[FAULT_CONSENT_FORM] = { "J106",
	    "the consent file is not in the right form",
	    "Correct the line it names, or take that line out, and try again; "
	    "nothing was sent.",
	    EXIT_NOT_READABLE },
	[FAULT_ZIP] = { "J107",
	    "the zip archive is damaged, or packed in a way that cannot be "
	    "undone here",
	    "Export it again, or unpack it with the program that made it and "
	    "give the file that was in it; delete that file afterwards.",
	    EXIT_NOT_READABLE },
	[FAULT_SOURCE_APART] = { "J108",
	    "the rows of one intervention stand too far from each other",
	    "Export again with the query sorted by intervention number, so "
	    "that the rows of one child stand together; a smaller part would "
	    "split them.",
	    EXIT_NOT_READABLE },
	[FAULT_ZIP_PASSWORD] = { "K118", "the password does not open the zip",
	    "Use the password that was typed for this export; put it on one "
	    "line of a file and give that with --zip-password-file.",
	    EXIT_NO_KEY },
	[FAULT_ZIP_PASSWORD_NEEDED] = { "K119",
	    "the zip is locked with a password",
	    "Give the password of this export: put it on one line of a file "
	    "and name that with --zip-password-file; delete that file afterwards.",
	    EXIT_NO_KEY },

	[FAULT_AGE_HEADER] = { "K101",
	    "the header of the encrypted file is damaged",
	    "Copy the file again from where you got it.", EXIT_NOT_READABLE },
	[FAULT_AGE_MAC] = { "K102",
	    "the header of the encrypted file was changed",
	    "Copy the file again from where you got it; if it fails again, "
	    "tell the focal point.",
	    EXIT_NOT_READABLE },
	[FAULT_AGE_PAYLOAD] = { "K103",
	    "the encrypted data is damaged, changed or cut short",
	    "Copy the file again from where you got it, and wait for the copy "
	    "to finish.",
	    EXIT_NOT_READABLE },
	[FAULT_AGE_NO_MATCH] = { "K104",
	    "none of the keys at hand opens the encrypted file",
	    "Use the key or the passphrase that the file was made for.",
	    EXIT_NO_KEY },
	[FAULT_AGE_WORK_FACTOR] = { "K105",
	    "the encrypted file asks for more work than this program does",
	    "Ask for the file to be made again with a smaller work factor.",
	    EXIT_NOT_READABLE },
	[FAULT_AGE_ARMOR] = { "K106",
	    "the text form of the encrypted file is damaged",
	    "Copy the whole text again, with its first and its last line.",
	    EXIT_NOT_READABLE },
	[FAULT_PASSPHRASE_WRONG] = { "K107",
	    "the passphrase does not open the file",
	    "Try again, and look for caps lock and the keyboard's language; "
	    "nothing was changed.",
	    EXIT_NO_KEY },
	[FAULT_PASSPHRASE_NEEDED] = { "K108",
	    "a passphrase is needed and there is no terminal to ask on",
	    "Give it with --passphrase-file or --passphrase-fd.", EXIT_NO_KEY },
	[FAULT_PASSPHRASE_SHORT] = { "K109", "the passphrase is too short",
	    "Choose a longer one: several words that nobody would guess.",
	    EXIT_NO_KEY },
	[FAULT_PASSPHRASE_DIFFERS] = { "K110",
	    "the two passphrases are not the same",
	    "Try again and type the same passphrase twice.", EXIT_NO_KEY },
	[FAULT_KEY_FILE] = { "K111",
	    "the key file holds no key that can be used",
	    "Check that you picked the file with the secret key.",
	    EXIT_NO_KEY },
	[FAULT_KEY_RECIPIENT] = { "K112",
	    "this is not the public key of a recipient",
	    "Copy it again, whole: it begins with age1.", EXIT_WRONG_USE },
	[FAULT_KEY_PUBLIC] = { "K113", "this is not a public signing key",
	    "Copy it again, whole: it is one line that begins with RW.",
	    EXIT_WRONG_USE },
	[FAULT_KEY_NOT_PARTY] = { "K114",
	    "the agreement does not list this key for the party",
	    "Check the party and the key file against the agreement.",
	    EXIT_NOT_TRUSTED },
	[FAULT_SIGNATURE_FORM] = { "K115",
	    "the signature file is not in the form of a minisign signature",
	    "Ask the signer for the file again, and do not edit it.",
	    EXIT_NOT_READABLE },
	[FAULT_SIGNATURE_BAD] = { "K116",
	    "the signature does not match the file",
	    "Leave this file alone and copy it again from where you got it; "
	    "if it is refused again, do not load it and tell the focal point.",
	    EXIT_NOT_TRUSTED },
	[FAULT_SECRETS_FORM] = { "K117",
	    "the secrets file of this node is damaged",
	    "Restore it from the backup or the recovery sheet; the store "
	    "itself was not touched.",
	    EXIT_NO_KEY },
	[FAULT_SECRETS_OTHER] = { "K130",
	    "this copy does not hold the keys that this node has now",
	    "Use the copy or the sheet of this node that was made last, after "
	    "its keys were changed; nothing was changed.",
	    EXIT_NO_KEY },
	[FAULT_SECRETS_PRACTICE] = { "K131",
	    "the keys of this practice node have no passphrase, and are not "
	    "printed",
	    "Give the node a passphrase first: satchel keys passphrase.",
	    EXIT_NO_KEY },
	[FAULT_KEYSHEET] = { "K132", "the key sheet cannot be read whole yet",
	    "Look at the lines named again, on the paper, correct them in the "
	    "text, and read it again; nothing was written.",
	    EXIT_NOT_READABLE },
	[FAULT_KEYSHEET_SIZE] = { "K133",
	    "this is too large, or too small, for a key sheet",
	    "Check that you picked the right file: a sheet holds at most "
	    "16,384 bytes, and its text has at most 128 KiB.",
	    EXIT_NOT_READABLE },
	[FAULT_CARD] = { "K134",
	    "this is not the card of a node, or not as the node wrote it",
	    "Ask for the card again (satchel identity --out FILE); its keys "
	    "do not belong into an agreement.",
	    EXIT_NOT_TRUSTED },
	[FAULT_CARD_DIGITS] = { "K135", "the digits are not those of this card",
	    "Ask for them again, read slowly by the node's own people on a "
	    "number you know; if they still differ, somebody changed the "
	    "card: do not use it, and tell the focal point.",
	    EXIT_NOT_TRUSTED },
	[FAULT_KEYS_CHANGE] = { "K136",
	    "the keys of this node are being changed already",
	    "Look at satchel keys show for what is still to be done; then "
	    "satchel keys finish ends it.",
	    EXIT_WRONG_USE },
	[FAULT_KEYS_REST] = { "K137",
	    "there are no new keys that older ones could make way for",
	    "Make new keys with satchel keys rotate first.", EXIT_WRONG_USE },

	[FAULT_NODE_NONE] = { "N101", "there is no node in this folder",
	    "Make one with satchel init, or name its folder with --home.",
	    EXIT_WRONG_USE },
	[FAULT_NODE_EXISTS] = { "N102",
	    "there is a node in this folder already",
	    "Use it, or name another folder with --home; nothing was changed.",
	    EXIT_WRONG_USE },
	[FAULT_NODE_CODE] = { "N103",
	    "a node's code is 2 to 16 capital letters, digits and dashes",
	    "Use the code that the working group gave, such as ET-GMB-03.",
	    EXIT_WRONG_USE },
	[FAULT_NODE_USER_NEEDED] = { "N104",
	    "live work needs to know who does it",
	    "Give your user name from the agreement with --user.",
	    EXIT_WRONG_USE },
	[FAULT_NODE_USER_UNKNOWN] = { "N105",
	    "the agreement does not list this user for this node",
	    "Check the name against satchel agreement show, or ask the focal "
	    "point to add it.",
	    EXIT_NOT_TRUSTED },
	[FAULT_NODE_USER_RIGHT] = { "N106",
	    "the agreement does not give this user that right",
	    "Ask a colleague who has it, or the focal point.",
	    EXIT_NOT_TRUSTED },
	[FAULT_NODE_CLOCK] = { "N107",
	    "the clock of this computer is behind what it has signed already",
	    "Set the date and time right, then try again; nothing was "
	    "changed. If they are right, and were ahead before, say so: "
	    "satchel incident --clock.",
	    EXIT_TRY_AGAIN },
	[FAULT_NODE_DISTRUSTED] = { "N108",
	    "nothing is sealed to this office now: it was reported stolen or "
	    "not to be trusted",
	    "Tell the people of that office in another way, and ask the "
	    "working group to renew the agreement; what is owed to it waits "
	    "here. See: satchel incident --list.",
	    EXIT_NOT_TRUSTED },
	[FAULT_NODE_SELF] = { "N109", "a node cannot distrust itself",
	    "Stop working on this computer if it was in other hands: phone "
	    "the focal point, and have every other office run satchel "
	    "incident --stolen with this node's code.",
	    EXIT_WRONG_USE },
	[FAULT_NODE_NOT_MADE] = { "N120",
	    "no bundle of that number was made for that office",
	    "Use the number that stands after the word number (not seq): "
	    "satchel status --partner NODE lists those that are not "
	    "acknowledged, and that office's own satchel status those it "
	    "misses.",
	    EXIT_WRONG_USE },
	[FAULT_NODE_RECALL_FIRST] = { "N121",
	    "what was withdrawn since would arrive without its withdrawal",
	    "Export first, to the same stick, what is owed: satchel export "
	    "--to NODE --out DIR; then do this again. Nothing was carried.",
	    EXIT_WRONG_USE },
	[FAULT_NODE_PURGED] = { "N122",
	    "this bundle's file was removed here, as the agreement says: its "
	    "receiver had said that it has it",
	    "Export the same cases again, if something in it is needed over "
	    "there again: satchel export --only REF. Nothing was carried.",
	    EXIT_WRONG_USE },
	[FAULT_NODE_CLOCK_AHEAD] = { "N123",
	    "the clock of this computer may be ahead, and what is removed too "
	    "early is gone for good",
	    "Look at a calendar. If the clock is wrong, set the date and time "
	    "right; if it is right, say the date: satchel purge --today "
	    "YYYY-MM-DD. Nothing was removed.",
	    EXIT_TRY_AGAIN },

	[FAULT_REF_UNKNOWN] = { "R101",
	    "there is no such referral or case here",
	    "Check the reference: satchel inbox lists them, and export names "
	    "those that went.",
	    EXIT_WRONG_USE },
	[FAULT_REF_AMBIGUOUS] = { "R102",
	    "the reference fits more than one referral or case",
	    "Give more of it, until only one is left.", EXIT_WRONG_USE },
	[FAULT_REF_STATE] = { "R103",
	    "the referral is not in a state in which this can be done",
	    "Look at its state with satchel show; nothing was changed.",
	    EXIT_WRONG_USE },
	[FAULT_REF_RELEASE] = { "R105",
	    "what holds this referral is nothing that you may let go",
	    "Read each reason with satchel why: it is put right at its "
	    "source, or decided by somebody else; nothing was changed.",
	    EXIT_WRONG_USE },
	[FAULT_REF_NO] = { "R107", "this is a no, and nobody can let a no go",
	    "Read why with satchel why; only a new answer, recorded where it "
	    "was asked, changes it. Nothing was changed here.",
	    EXIT_WRONG_USE },
	[FAULT_REF_ASSIGNEE] = { "R106",
	    "who is to take the referral is not listed for this node",
	    "Run satchel assign REF without --to: it names those who are "
	    "listed.",
	    EXIT_WRONG_USE },
	[FAULT_REVEAL] = { "R104",
	    "this shows what is known about a person, and not on a terminal",
	    "Add --reveal if nobody else can read where it goes.",
	    EXIT_WRONG_USE },
	[FAULT_TARGET] = { "D111",
	    "it does not fit the system that it is to be loaded into",
	    "Ask for what is missing, or key it in there by hand: load --to "
	    "sheet, with --only, makes a page of a referral; trying again "
	    "changes nothing.",
	    EXIT_NOT_READABLE },
	[FAULT_TARGET_CASE] = { "D112",
	    "it cannot be told which case of the other system this child has",
	    "Look the child up there and settle which case is its own, with "
	    "satchel match REF --link ID or --new; or load this referral as a "
	    "sheet, with --only, and key it in by hand.",
	    EXIT_NOT_READABLE },
	[FAULT_TARGET_VERSION] = { "D113",
	    "an earlier version of this referral is in the other system, which "
	    "would make a second one of it",
	    "Use load --to sheet, with --only: it makes a page of the newer "
	    "version, to change it there by hand; trying again changes "
	    "nothing.",
	    EXIT_NOT_READABLE },

	[FAULT_LOG_PROOF] = { "L101",
	    "this is no proof that the entry is in that log",
	    "Ask the office for the proof once more; if it fails again, tell "
	    "the working group.",
	    EXIT_NOT_TRUSTED },
	[FAULT_LOG_BROKEN] = { "L102",
	    "the log is not the one that its signed head speaks of",
	    "Keep both as they are and tell the working group: an entry was "
	    "changed, removed or put in.",
	    EXIT_NOT_TRUSTED },
	[FAULT_LOG_HEAD] = { "L103",
	    "this log does not go on from the head that was seen before",
	    "Keep both as they are and tell the working group: the past was "
	    "written anew.",
	    EXIT_NOT_TRUSTED },
	[FAULT_LOG_KEY] = { "L104",
	    "the head is not signed by a key that is known for this log",
	    "Check which office it is from, and take its key from the "
	    "agreement, not from the folder itself.",
	    EXIT_NOT_TRUSTED },
	[FAULT_NO_MEMORY] = { "S101", "there is not enough memory for this",
	    "Close other programs and try again; nothing was changed.",
	    EXIT_INSIDE },
	[FAULT_INSIDE] = { "S102", "satchel failed for a reason of its own",
	    "Report this code and the detail to the focal point; what was "
	    "finished before is safe.",
	    EXIT_INSIDE },
	[FAULT_NOT_YET] = { "U102",
	    "this version of satchel does not have that command yet",
	    "Look for a newer version, or see satchel help for what there is.",
	    EXIT_WRONG_USE },
	[FAULT_USAGE] = { "U101", "the command was not understood",
	    "Look it up with satchel help; nothing was changed.",
	    EXIT_WRONG_USE },
	[FAULT_WAYBILL_DIGITS] = { "U103",
	    "these are not the digits of a waybill",
	    "Look at the page again: a digit is wrong, missing or doubled; "
	    "nothing is said of the file yet.",
	    EXIT_WRONG_USE },

	[FAULT_SERVER_UNREACHABLE] = { "W101",
	    "the server could not be reached, or its answer broke off",
	    "Check the network and the address, then run it again; nothing "
	    "was changed there.",
	    EXIT_TRY_AGAIN },
	[FAULT_SERVER_TLS] = { "W102",
	    "the server did not prove that it is the one it should be",
	    "Stop here and ask who runs the server: its certificate, or the "
	    "clock of this machine, is not right; no password was sent.",
	    EXIT_NOT_TRUSTED },
	[FAULT_SERVER_LOGIN] = { "W103", "the server does not let this user in",
	    "Check user and password, or ask for a new token, and make the "
	    "credentials file again; do not just try again, as a user is "
	    "locked after a few attempts.",
	    EXIT_NO_KEY },
	[FAULT_SERVER_FORBIDDEN] = { "W104",
	    "the server does not allow this user to do that",
	    "Ask the administrator of the server to check the role of "
	    "satchel's user.",
	    EXIT_NOT_TRUSTED },
	[FAULT_SERVER_ANSWER] = { "W105",
	    "the server's answer is not what it should be",
	    "Check that the address is that of the right system; if it is, "
	    "tell its administrator.",
	    EXIT_NOT_READABLE },
	[FAULT_SERVER_BROKE_OFF] = { "W106",
	    "the answer broke off: it is not known whether the server did it",
	    "Run the same command again: it looks first what is there, and "
	    "does nothing twice.",
	    EXIT_TRY_AGAIN },
	[FAULT_SERVER_BUSY] = { "W107",
	    "the server asked to wait for longer than was allowed",
	    "Try again later; it did not do what was asked last.",
	    EXIT_TRY_AGAIN },
	[FAULT_SERVER_REFUSED] = { "W108",
	    "the server did not take what was sent",
	    "Look at the fields that are named, and ask the administrator of "
	    "the server about them; trying again changes nothing.",
	    EXIT_NOT_READABLE },
	[FAULT_SERVER_TROUBLE] = { "W109",
	    "the server failed while it did what was asked",
	    "Try again later; if it goes on, tell the administrator of the "
	    "server the time at which it happened.",
	    EXIT_TRY_AGAIN },
	[FAULT_SERVER_ADDRESS] = { "W110",
	    "the address is none that may be spoken to",
	    "Give one that begins with https:// and has no user or password "
	    "in it; http:// is for this machine itself alone.",
	    EXIT_WRONG_USE },
	[FAULT_CREDENTIALS] = { "W111",
	    "the credentials file is not in the form of one",
	    "Make it again as docs/credentials.md shows, and seal it to this "
	    "node's own recipient.",
	    EXIT_NO_KEY },
	[FAULT_SERVER_UNSURE] = { "W112",
	    "nobody knows whether the other system has it, and it is never "
	    "sent a second time",
	    "Look there by the number of the referral; if it is there, type "
	    "satchel answer --ref REF --target-id ID (of a decision: satchel "
	    "match REF --there), and if it is not, satchel match REF --new, "
	    "then load again.",
	    EXIT_NOT_READABLE },
	[FAULT_SERVER_PENDING] = { "W113",
	    "the other system took it in and has not said yet that it keeps it",
	    "Run the same load again later: it asks, and sends nothing twice.",
	    EXIT_TRY_AGAIN },
	[FAULT_SERVER_REJECTED] = { "W114",
	    "the other system looked at it and did not keep it",
	    "Correct what it names, then load it once more by name, with "
	    "--only; or key it in by hand from a sheet.",
	    EXIT_NOT_READABLE },
	[FAULT_SERVER_LOST] = { "W115",
	    "it was written, and the other system did not keep all of it",
	    "Ask the administrator to check the role of satchel's user, then "
	    "load again; or put it in there by hand and type satchel answer "
	    "--ref REF --target-id ID.",
	    EXIT_NOT_READABLE },
	[FAULT_SERVER_NOT_GIVEN] = { "W116",
	    "it is in the case, and its user could not be given it there",
	    "Ask that the case be marked there as one that may be shared, and "
	    "that the user may receive referrals; then run the same load "
	    "again.",
	    EXIT_NOT_READABLE },
	[FAULT_SERVER_POLARITY] = { "W117",
	    "the form there asks about consent the other way round than the "
	    "agreement says",
	    "Stop here and ask the working group, and whoever wrote the form: "
	    "nothing may leave until that is settled.",
	    EXIT_NOT_TRUSTED },
	[FAULT_SERVER_GONE] = { "W150",
	    "a case that is known here is not there any more, or satchel's "
	    "user may not read it",
	    "Look for it there. If it is there, ask the administrator to let "
	    "satchel's user read it; if it is gone for good, whoever sent the "
	    "referral withdraws it with satchel recall REF.",
	    EXIT_NOT_READABLE },
	[FAULT_SERVER_NOT_WHOLE] = { "W151",
	    "a referral that waits there could not be had in full",
	    "Look it up there. If it still waits, run the same command again; "
	    "the others went on without it.",
	    EXIT_NOT_READABLE },
	[FAULT_SERVER_SEARCH] = { "W152",
	    "the server says that it has nothing, and it says so too when its "
	    "search fails",
	    "Run it again later; if it goes on, tell the administrator of the "
	    "server that its search does not find what is there. Nothing was "
	    "made in the meantime.",
	    EXIT_TRY_AGAIN },
	[FAULT_SERVER_QUESTION] = { "W153",
	    "it could not be told whether the form there asks about consent "
	    "as the agreement says",
	    "Read the question about sharing with UNHCR on the form yourself, "
	    "in all its languages, and hold it against polarity in the "
	    "agreement; if they differ, tell the working group at once.",
	    EXIT_NOT_READABLE },
	[FAULT_SERVER_CODES] = { "W154",
	    "the agreement names codes that the server's own lists do not have",
	    "Send the list to the working group: what is coded so cannot be "
	    "read or loaded there until the agreement or the list is changed.",
	    EXIT_NOT_READABLE },
	[FAULT_SERVER_UNDO] = { "W140",
	    "it is withdrawn, and satchel could not take all of it back in the "
	    "other system",
	    "Make the page with load --to sheet:DIR --only REF, undo it there "
	    "by hand today, then type satchel recall --undone REF.",
	    EXIT_NOT_READABLE },
	[FAULT_SERVER_BY_HAND] = { "W155",
	    "the decision is written in the case, and its referral there is "
	    "left for a person to answer",
	    "Tell whoever works on the case there: they end or answer the "
	    "referral by hand; satchel does not come back to it.",
	    EXIT_NOT_READABLE },
	[FAULT_SERVER_HIDDEN] = { "W156",
	    "the server does not show what children asked to keep private",
	    "Ask the administrator to let the role of satchel's user read the "
	    "fields that are named. Until then each referral is held, unless "
	    "its consent record says what was asked for.",
	    EXIT_NOT_READABLE },
	[FAULT_SERVER_NO_PROOF] = { "W130",
	    "it was taken in over there, and nothing proves yet that it is "
	    "kept",
	    "Look there, or wait; it is never sent twice by itself. A referral "
	    "counts when its decision comes: satchel answer --from "
	    "progres-dtp:FILE. If a referral is there: satchel answer --ref "
	    "REF --target-id ID. If a decision is: satchel match REF --there. "
	    "If it is not: satchel match REF --new, then load again.",
	    EXIT_TRY_AGAIN },
	[FAULT_SERVER_GIVES_NOTHING] = { "W131",
	    "that server only takes, and has nothing that could be asked for",
	    "Keep the messages that it sends by itself, to whoever it was set "
	    "up for, as files, and take those: --from progres-dtp:FILE.",
	    EXIT_WRONG_USE },
	[FAULT_PLACE_HOST_KEY] = { "W118",
	    "the server there shows another key than the one that was named",
	    "Stop here and ask who runs it, by phone: it was changed, or this "
	    "is another server; nothing was said or sent to it.",
	    EXIT_NOT_TRUSTED },
	[FAULT_PLACE_WRONG] = { "W119",
	    "something answers there, and it does not take uploads",
	    "Check the address with who runs the server; nothing was sent.",
	    EXIT_TRY_AGAIN },
	[FAULT_PLACE_FULL] = { "W120", "the server has no room for it",
	    "Ask who runs the server to make room, then send again: it goes "
	    "on where it stopped.",
	    EXIT_TRY_AGAIN },
	[FAULT_PLACE_TOO_LARGE] = { "W121",
	    "the server takes no file as large as this one",
	    "Ask who runs the server to allow larger files, or carry this "
	    "bundle on a stick.",
	    EXIT_TRY_AGAIN },
	[FAULT_PLACE_TAKEN] = { "W122",
	    "another file of the same name lies there",
	    "Ask who runs the server what it is and to move it away, then "
	    "send again; it was left as it is.",
	    EXIT_TRY_AGAIN },
	[FAULT_PLACE_DIFFERS] = { "W123",
	    "what arrived there is not what was sent",
	    "Send again, and if it happens twice, carry the bundle on a "
	    "stick; it was not given its name there.",
	    EXIT_TRY_AGAIN },
	[FAULT_PLACE_NO_LIST] = { "W124",
	    "the server does not say which files lie there",
	    "Ask who runs it for a listing in JSON (docs/upload.md), or give "
	    "the address of one file.",
	    EXIT_TRY_AGAIN },
	[FAULT_PLACE_CHANGED] = { "W125",
	    "the file there changed while it was fetched",
	    "Try again a little later; nothing of it was taken.",
	    EXIT_TRY_AGAIN },
};

/* Take off the end of text what was the beginning of a UTF-8 character. */
static void
cut_between_characters(char *text)
{
	size_t len = strlen(text), start = len, need = 1;
	unsigned char lead;

	while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start == 0)
		return;
	lead = (unsigned char)text[--start];
	if (lead >= 0xf0)
		need = 4;
	else if (lead >= 0xe0)
		need = 3;
	else if (lead >= 0xc0)
		need = 2;
	if (len - start < need)
		text[start] = '\0';
}

void
fault_set(struct fault *why, enum fault_id id, const char *detail, ...)
{
	char text[sizeof(why->detail)];
	va_list ap;
	int len;

	assert(id > FAULT_NONE && id < FAULT_ID_COUNT);
	/* The new detail may quote the old one, so it is made beside it. */
	va_start(ap, detail);
	/* clang-tidy 14 errs here when it is given several files at once. */
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
	len = vsnprintf(text, sizeof(text), detail, ap);
	va_end(ap);
	if (len < 0)
		text[0] = '\0';
	else if ((size_t)len >= sizeof(text))
		cut_between_characters(text);
	why->id = id;
	memcpy(why->detail, text, strlen(text) + 1);
}

const struct fault_text *
fault_text(enum fault_id id)
{
	assert(id >= FAULT_NONE && id < FAULT_ID_COUNT);
	return &texts[id];
}

const struct fault_text *
fault_of_code(const char *code)
{
	for (size_t i = 0; i < FAULT_ID_COUNT; i++)
		if (texts[i].code != NULL && strcmp(texts[i].code, code) == 0)
			return &texts[i];
	return NULL;
}
