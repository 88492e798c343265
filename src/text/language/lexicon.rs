//! The words that give English, Roman Urdu and other languages away, in a hash table built by the compiler.

/// What a word says about the language of the text it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// A function word of English that few other languages spell so.
    English,
    /// English, but other languages spell words so too.
    MaybeEnglish,
    /// A common word of Urdu or Hindi in Latin letters, and of no other language that writes to papers.
    RomanUrdu,
    /// Roman Urdu beside such words; alone it may be anything.
    MaybeRomanUrdu,
    /// A function word of one or more of the other languages in Latin letters, and not English.
    Foreign,
}

const ENGLISH: &str = "about above across after again against ain't almost already also although always among and another any anyone \
    anything are aren't around away back because been before being believe between both bought bout by call called \
    can can't cannot could couldn't couple didn't does doesn't doing don't done dont down dude during each either \
    else enough even ever every everyone few first from get gets getting gives going gone gonna good got gotta great \
    happen has hate have haven't having he'd he'll he's here hers him his how however i'd i'll i'm i've if instead \
    into isn't it it's its just keep know let let's like look lot make makes many maybe might more much must my \
    myself need needs never nor not nothing off often one only other our ours out people perhaps please put rather \
    really right same saw say says see seem seems she she's should since some someone soon still such sure take than \
    thank thanks that that's the their them then there there's these they they'd they'll they're they've thing \
    things think this those though thought through thru told too took tried truth try until upon very wanna wants \
    was wasn't way we'll we're we've well went were what what's when where which while who who's whole whose why \
    wish with within without won't would wouldn't yeah years yes yet you you'd you'll you're you've your yours \
    yourself";

const MAYBE_ENGLISH: &str = "a all am an as at be best better big bitch but come day did do end fact for free fuck give go goes had he her i \
    im in is last law less life little lol long love made man me men money most new no now of oh old on or over own \
    real said shit shut so stop story stupid time to trash troll true two u under up us use used vote want war we \
    white will work world wrong year";

const ROMAN_URDU: &str = "aaj aap aapka aapke aapki aapko aata aati aaya abay abe abey abhi aby accha acche acha achay ache achi achy aesi \
    agr ahmaq aik aisa aisay aise aisi ajeeb akhir akr apka apke apki apko apna apnay apne apney apni apny aram asa \
    aukat aulaad aulad aur aurat awaam awam baad baap baar baat baatein bacha bachay bache bachi bachy bahir bahut \
    bakwas banaya barabar baray batao batein beghairt behan behen behn beti bhaag bhadwe bhag bhai bhaiya bhaunk bhe \
    bhej bhen bhenchod bhi bhonk bhool bhot bht bilkul biwi bna bnda bohat bohot boht bolna bolo bolta bolte btao \
    chahe chahiye chahta chahye chala chalo chalta charsi chl chod chor chuka chup chutiya chutiye dein dekh dekha \
    dekhe dekhna dekho dekhta deta dikha dikhane dikhao diya dukh duniya dunya esa gaand gae gand ganda gandu gashti \
    gaye gayi ghaddar ghar ghr gya gye gyi haan hae hai hain hakumat hamara hamare hamari hamein hamesha hamko haq \
    harami hmara hme hmein hoa hoga hogi hojao hona hone hony hoon hosakta hota hotay hote hoti hoty howa hua huay \
    humain humara humare humein humko huwa huwi hy insaan insan ise isi iska iske iski isko isse itna itne itni itny \
    izat izzat jaa jaake jaan jaaye jae jaega jahan jahil jaisa jaise jaisi jaldi jany jao jasa jata jawab jaye \
    jayega jayen jayga jee jesa jese jesi jesy jhoot jhooti jhota jin jis jiska jiski jisko jism jisne jitna jitne \
    jitni jldi jyada jzbat kaam kab kabhi kaha kahan kahi kahin kaho kahte kaisa kaise kaisi karain karay karega \
    karein karen karke karna karnay karne karni karta kartay karti karty kaun kbhi keh kehna kehny kehta kehte kehty \
    ker kesa kese keya kha khair khana kharab khatam khayal khilaf khud khuda khush khushi kisay kisi kisko kitna \
    kitne kitni kitny kiya konsa koshish kr kre kren krke krna krne krni krny kro krta krte krti krty krwa kry kuch \
    kuchh kutta kuttay kutte kutti kutty kutya kya kyo kyu kyun kyunke kyunki laanat ladki lagta lagti laken lakin \
    lanat lanati larka larki lekin lene lgta liay likha liye lkn logon magar main mainay marna maro masla matlab \
    mene mera meri mery milay milta mjhe mjhy mtlb muje mujh mujhe mujhko mujhy mujy mulk mulkon mushkil naa nahi \
    nahii nahin nai nazar nhe nhi nhin nikal nikalo olaad paas padh pagal pahle paisa paise paisy patah pehla pehlay \
    pehle pehly phir phle phly phudi poora pta puri pyaar pyar qoum raha rahay rahe rahega rahi rahy rakh rakha rha \
    rhe rhi rhy rundi saala saalay saale saali saath sab sabhi sabko sabse sach sahab sahi sakta sakte sakti sakty \
    salay samajh samjh samjha samny saray sath shadi shadii sharam sharm shuru sirf skta skte smjh socha socho \
    sochta subah suna sunao suno tabhi tarah tareef tareeka tarha tau tera teray tere terko tery thay theek thi thik \
    thk thoda thodi thora thori tm tmhara tmhari toh tou trha tujh tujhe tujhko tujhy tum tumhara tumhare tumhari \
    tumhe tumhein tumko tumne umeed unhe unka unke unki unko usi uska uske uski usko usne usy uth wahan wahi waise \
    waja wajah wakt wala walay wale wali walo walon waly wapis waqt warna wese wesy wja woh wohi yaad yaar yad yahan \
    yahi yahodi yahoodi yeh yehi yh zaroor zaroori zaror zaruri ziada zindagi zindgi ziyada zyada";

const MAYBE_ROMAN_URDU: &str = "aa aana ab abba abi agar aj alag aor ap asli ay aya b badi bahar baki bar bas bat bata bc bhar bol bs bura chal \
    cheez choti chut d dar dete deti di dil din dono dost dunia dy ek fir ga gai gali gaya gi gy h ha hal ham han \
    har hay hi hijra hm hn ho hon hu hui hum hun ik inko ja jab jaga jaha jate jati jb jo k ka kabi kafi kal kam kar \
    karo karte kay kb kch ke khane khi ki kia kis ko koi kon ky la lag laga lagao lagi le li lo log logo lun m ma \
    maa maar mai maine mar mara mard mat mein mere mgr mian mil mila mn mra muh n na nae nay naya ne nh ni nikl nu \
    ny p pani par pas pata pe phr pr py q r ra randdi randi reh rona sai sala sali sb se shakal suar subha sy ta tab \
    tak tb teri tha tk tu tw un unse uss usse vo wah waha wo y yar ye zara zinda";

const FOREIGN: &str = "aber acest adalah alleen alors altid anche ang att auch aux avec bakit bardzo bence bien bij bir c'est cet cette \
    chez cok cosa csak cuando czy daha danke dans dari das dass degil degli della dengan det deze dit dlaczego dobre \
    doch donde echt een egy eine einem einen eso esta estan este esto ett fait fazer foarte geen gibi gracias grazie \
    haben hade heeft herkes het hij hindi hogy hvad hvorfor icin ikke ini inte isso ist ito itu jag jak jako jeder \
    jeg jest jestem joka jsem jsou juga jullie kadar kami kasi kasih kein keine kiitos kuin kung les leur mais meget \
    mengapa mensen mga mismo molto muito mutta muy mycket n'est naar nach nada nagyon nang nao neden nel nem nicht \
    nie niente niet niin noch nous nunca nur obrigado och oder ogsaa olan ole omdat ook orang ovat pela pelo pentru \
    perche pero porque pourquoi protoze przez quando questa questo qui salamat sans saya scris scritto sempre semua \
    sich siempre sind skriven som sono sont sudah sunt tambem tego terima tidak tiene todo todos tout tudo tutti \
    tylko tym uma una und une untuk vagy vil voce voor vous vraiment waarom warum wenn wie wij wir wird wordt wurde \
    yang zijn zum zur";

/// Longest word of the table, in bytes: as many as fit into a key.
pub(super) const MAX_WORD: usize = 8;
const SLOTS: usize = 4096;
/// A word as a number: its bytes, the first lowest. 0 where a slot is free.
type Key = u64;

static TABLE: [(Key, Sign); SLOTS] = table();

/// What a lower-case word of 1 to [`MAX_WORD`] bytes says, the bytes packed as [`pack`] does.
pub(super) fn sign(key: Key) -> Option<Sign> {
    let mut at = home(key);
    loop {
        match TABLE[at] {
            (found, sign) if found == key => return Some(sign),
            (0, _) => return None,
            _ => at = (at + 1) % SLOTS,
        }
    }
}

/// The key of the letters before it with one more.
pub(super) const fn pack(key: Key, byte: u8, place: usize) -> Key {
    key | (byte as u64) << (8 * place)
}

const fn home(key: Key) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52) as usize
}

/// Stops the compiler on a word that is too long or on two lists.
#[expect(clippy::large_stack_arrays, reason = "on the stack of the compiler, not of the program")]
const fn table() -> [(Key, Sign); SLOTS] {
    let mut table = [(0, Sign::English); SLOTS];
    fill(&mut table, ENGLISH, Sign::English);
    fill(&mut table, MAYBE_ENGLISH, Sign::MaybeEnglish);
    fill(&mut table, ROMAN_URDU, Sign::RomanUrdu);
    fill(&mut table, MAYBE_ROMAN_URDU, Sign::MaybeRomanUrdu);
    fill(&mut table, FOREIGN, Sign::Foreign);
    table
}

const fn fill(table: &mut [(Key, Sign); SLOTS], words: &str, sign: Sign) {
    let bytes = words.as_bytes();
    let (mut at, mut key, mut place) = (0, 0, 0);
    while at <= bytes.len() {
        if at == bytes.len() || bytes[at] == b' ' {
            let mut slot = home(key);
            while table[slot].0 != 0 {
                assert!(table[slot].0 != key, "a word stands twice");
                slot = (slot + 1) % SLOTS;
            }
            table[slot] = (key, sign);
            (key, place) = (0, 0);
        } else {
            assert!(place < MAX_WORD, "a word is too long");
            key = pack(key, bytes[at], place);
            place += 1;
        }
        at += 1;
    }
}
