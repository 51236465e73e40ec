"""Free text to intent: sentences that must hold, and what holds for any text at all."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.understand import INTENTS, Intent, Understood, is_urgent, understand
from conversations.understanding import train
from conversations.understanding.model import model
from handlers.vietnamese import fold

HAPPENING_NOW = """
khó thở quá cứu với
con tôi co giật rồi số điện thoại cấp cứu bao nhiêu
mẹ tôi ngất xỉu sau khi chích
sốt 40 độ uống thuốc không hạ
hôm qua tiêm, sáng nay mặt sưng to, nói không rõ
từ hôm qua tới giờ con tôi vẫn li bì
em vừa tiêm 10 phút thấy nghẹn ở cổ, tức ngực
hôm trước tiêm không sao nhưng hôm nay khó thở
hôm qua bị khó thở rồi hết, giờ lại khó thở nặng hơn
không biết sao con tôi tím tái hết
tôi không đùa đâu, vợ tôi bất tỉnh
khó thở có sao không
tôi bị khó thở có cần đi bệnh viện không
nếu được cho người xuống gấp, bố tôi ngất rồi
Cấp cứu!!! con tôi không thở
CỨU VỚI
tra cứu gì nữa cứu con tôi với
me toi kho tho
k tho dc
lần trước tiêm không sao, lần này con tôi co giật
hơi khó thở
bé tím môi
tôi đang khai thì thấy choáng váng, tối sầm mặt mũi
có người ngất xỉu ở điểm tiêm
sốt cao li bì, số trạm là bao nhiêu
i can't breathe
My mom passed out, what's the number?
đau ngực dữ dội lan ra tay trái
sưng phù mặt sau khi tiêm 2 tiếng
con em co giật, năm ngoái cũng bị một lần
mẹ em tiền sử cao huyết áp giờ đang khó thở
"""

NOT_NOW = """
hôm qua bị khó thở nay hết rồi
đau tay chỗ tiêm
sốt 38 độ
tháng trước tiêm xong bị ngất, giờ đăng ký lại được không
cười ngất
mệt muốn xỉu vì xếp hàng
Ngất
Rơ Châm Ngất
Làng Xỉu
Siu Tím
Nguyễn Thị Thở
không có
không có gì
không khó thở, không co giật
không bị sốc phản vệ
chưa từng sốc phản vệ
trước đây tôi bị sốc phản vệ với penicillin
tiền sử co giật hồi nhỏ
dị ứng hải sản
hen suyễn, cao huyết áp
12 đường Trần Phú, thị trấn Đak Đoa
số 40 đường Lê Lợi
thôn 39, xã Ia Băng
Bệnh viện Cấp cứu Trưng Vương
tra cứu con tôi
tra cứu mẹ tôi
nghiên cứu em
tìm người phụ trách
tim nguoi phu trach
chờ xíu
cho xiu nua
số cấp cứu là bao nhiêu
nếu khó thở thì làm sao
tiêm xong có bị co giật không
sốc phản vệ là gì
có bị ngất sau tiêm không
sốt xuất huyết ở xã không
nghe nói có người tiêm xong đột quỵ
giá cao ngất ngưởng
tháng 10/1940
01/01/1940
Lê Văn Cứu
Nay H'Tím
áo tím
công nhân
giáo viên
bác sĩ khoa cấp cứu
tài xế xe cứu thương
thuốc tê
tiểu đường
dang cho con bu
hết khó thở rồi
nó khỏe, không co giật gì cả
sợ bị sốc phản vệ
bị ngất vì say nắng hồi tháng trước
sốt 39 độ hôm qua, hôm nay hạ rồi
con tôi hay bị co giật khi sốt có tiêm được không
I fainted last year
does the vaccine cause seizures
no chest pain
tôi bị hen, hay khó thở, tiêm được không
Ngã ba Cầu Đất
phường Ngã Bảy
bé ngủ ngon
ngất ngây con gà tây
đẹp xỉu
nghẹn ngào xúc động cảm ơn trạm
tím chỗ tiêm một chút
tim tôi yêu trạm
bầu 5 tháng
ói mửa hồi bầu
"""

CLOSE_CALLS = """
register: tháng trước tiêm xong bị ngất, giờ đăng ký lại được không
certificate: hôm qua tôi đăng ký rồi mà giờ muốn xem chứng nhận
certificate: phản ánh xong được sửa rồi, cho tôi xem chứng nhận mới
certificate: cho tôi chứng nhận bản tiếng Anh
language: nói tiếng Anh được không
cancel_registration: thôi không tiêm nữa
cancel_registration: bỏ tên tôi khỏi đợt
stop: không khai nữa
stop: đừng nhắn nữa
contacts: ai phụ trách tiêm chủng ở xã
contacts: cho xin số điện thoại trạm
contacts: số cấp cứu là bao nhiêu
human: gọi lại cho tôi
human: nối máy cho tôi với trạm
complaint_status: PA-4K7M2
complaint_status: pa 4k7m2
complaint_status: Mã PA-4K7M2 ạ
registration_status: DK-7K2M4
staff: hàng đợi của em còn mấy ca
staff: mở danh sách phản ánh trạm mình
none: hôm qua bị khó thở nay hết rồi
none: sốt 38 độ
none: đau tay chỗ tiêm
none: xin chào
none: 0900 000 012
none: 👍
"""

SAID_BY_MANY = """
register: Chào trạm, nhà tôi có cụ 85 tuổi chưa chích mũi nào, trạm cho cụ vào danh sách được không?
register: e muốn đặt lịch tiêm mũi 3 vào cuối tuần này ạ
register: tui muon chich ngua ma hong biet lam sao
register: dạ em là công nhân mới về, chưa có mũi 2, cho em xin vô danh sách
register: đăng ký hộ cho bà hàng xóm không biết chữ được không
register: my husband is Korean, we want to get vaccinated here
register: Con tui vừa đủ 12 tuổi, muốn cho cháu đi tiêm
register: lần trước bị sốt nên hoãn giờ muốn đk lại ạ
register: dạ con em 4 tháng tới lịch tiêm 5 trong 1 mà em đi làm xa, cho em ghi tên cháu với ạ
register: tôi hủy hồi tuần rồi mà nay thấy xã có thuốc lại nên muốn ghi tên lại
register: chích ngừa uốn ván tui muốn làm, khai chỗ mô
register: t vs bạn gái t mún tiêm mũi 3 thì đăng kí chung đc k
register: bữa trước tui gọi lên trạm hỏi địa chỉ rồi, bây giờ tui muốn đăng ký tiêm luôn
register: can i sign my two kids up for measles shots
register: Cho tui một suất chích nghen
register: đăng ký tiêm chủng cho đồng bào làng Bông, khoảng 40 người
registration_status: sao giờ này tôi vẫn chưa được gọi đi tiêm, đăng ký từ tháng trước rồi
registration_status: kiem tra giup em xem em dang ky thanh cong chua
registration_status: hôm nào tới lượt thôn 3 tụi tui vậy
registration_status: mình đăng ký mà không nhận được tin nhắn xác nhận
registration_status: tui đăng ký bữa trước, chừ muốn coi lại lịch
registration_status: When will it be my turn? I registered two weeks ago.
registration_status: cho tôi đổi ngày hẹn từ thứ 5 sang thứ 7
registration_status: e đk rồi mà lỡ xoá mất mã, xem lại ở đâu ạ
registration_status: coi giùm tên bố tôi có trong đợt tuần này hông
registration_status: tôi điền xong tờ khai tiêm hôm chủ nhật rồi giờ tới khâu nào nữa
registration_status: lịch hẹn của con em là thứ mấy, em quên rồi
registration_status: đk 2 tuần trc mà chưa tới lượt là sao
registration_status: em muốn biết hồ sơ đăng ký của em bị từ chối vì sao
registration_status: have i been approved for the vaccination yet
registration_status: bé bị cảm, xin dời lịch chích qua tuần tới
registration_status: tui ghi tên hai vợ chồng mà sao thấy có mình vợ tui có lịch
cancel_registration: thôi không tiêm nữa
cancel_registration: bỏ tên tôi khỏi đợt này giúp
cancel_registration: con tôi đang ốm, tôi muốn huỷ lịch tiêm ngày mai
cancel_registration: bà tui hổng chịu đi chích nữa, trạm xóa tên giùm
cancel_registration: đăng ký rồi nhưng giờ phải đi xa, hủy giúp em
cancel_registration: i don't want the vaccine any more, please take me off
cancel_registration: huy dky cua minh di ad
cancel_registration: Tôi đã tiêm ở Pleiku rồi nên không cần lịch ở xã nữa
cancel_registration: nghe tin đồn sợ quá tôi rút tên không tiêm nữa đâu
cancel_registration: hôm qua em có nhắn đăng ký cho chồng mà chồng em không chịu, bỏ giúp em nhé
cancel_registration: xoá đăng ký
cancel_registration: cancel my daughter's slot please, she has chickenpox
cancel_registration: thui bỏ lịch tiêm mai giúp e, e có việc
cancel_registration: tui hổng tiêm nữa mô, đừng kêu tui nữa
cancel_registration: bố mất rồi, nhờ trạm hủy cái lịch tiêm của bố
certificate: cho xem giấy chứng nhận tiêm của tôi
certificate: tôi cần giấy chứng nhận bằng tiếng Anh để đi Hàn
certificate: mã QR tiêm chủng của mẹ tôi
certificate: e mất giấy xác nhận tiêm, làm lại ở đâu
certificate: bữa trước báo sai tên, chừ sửa rồi cho tui lấy giấy lại
certificate: toi da tiem bao nhieu mui roi
certificate: I need a copy of my vaccination certificate for a visa
certificate: làm sao tải hộ chiếu vắc-xin về máy
certificate: lên phố làm người ta đòi giấy chích mà tui không có, trạm in cho tui được không
certificate: cho em hỏi cách lấy chứng nhận điện tử
certificate: tôi muốn xem con mình đã tiêm sởi chưa
certificate: chứng nhận tiếng anh
certificate: sau khi sửa ngày sinh thì tôi lấy chứng nhận ở đâu
certificate: can i have my vaccine card in english pls
certificate: giấy tiêm chủng mất r, ad cấp lại e vs
certificate: kiem tra thong tin tiem cua toi
complain: Giấy chứng nhận của tôi ghi sai ngày tiêm
complain: tiêm 2 mũi mà hệ thống chỉ có 1
complain: toi tiem roi ma tra cuu khong thay
complain: họ tên của con tôi bị sai chính tả
complain: số cccd trên hệ thống không phải của em
complain: My second dose isn't showing in the system
complain: tui muốn phản ánh chuyện trạm làm việc chậm trễ
complain: chích ở bệnh viện huyện rồi mà sổ sức khỏe không cập nhật chi hết
complain: mẹ em tên Ksor H'Bia mà giấy ghi Ksor Bia
complain: tui tiêm ở trạm hồi tháng ba mà trong máy không có
complain: ngày tháng năm sinh trong giấy trật lất
complain: em ko tiêm mũi 2 nhưng hệ thống báo tiêm rồi
complain: báo sai sót trên giấy xác nhận
complain: the station recorded the wrong vaccine for me
complain: tra cứu ra tên người khác dùng số điện thoại của tôi
complain: muốn khiếu nại cán bộ trạm vô trách nhiệm
complaint_status: PA-7Q2M4
complaint_status: phản ánh của tôi đã xử lý chưa
complaint_status: em gửi phản ánh 3 ngày rồi chưa thấy ai trả lời
complaint_status: cái đơn bữa trước tui gửi tới mô rồi
complaint_status: ma phan anh PA 7Q2M4 den dau roi
complaint_status: have you solved my complaint yet?
complaint_status: trạm đã sửa lại ngày sinh mà tôi báo hôm trước chưa
complaint_status: quá hạn 48 tiếng rồi vẫn chưa có kết quả
complaint_status: cho hỏi đơn khiếu nại của tôi đã có kết quả chưa
complaint_status: tui phản ánh mấy bữa rồi răng chưa thấy chi
complaint_status: PA 3K9T2
complaint_status: mã PA-3K9T2 còn bao lâu nữa thì xong
complaint_status: ngày sinh em nhờ sửa hôm thứ 2 đã xong chưa ạ
complaint_status: my complaint from last week still no answer
complaint_status: sao phản ánh của tôi bị trả về
complaint_status: theo dõi đơn phản ánh của mẹ tôi
contacts: cho tôi số điện thoại trạm y tế
contacts: trạm y tế xã nằm ở đâu vậy
contacts: ai phụ trách tiêm chủng xã mình
contacts: where is the commune health station located
contacts: sđt của trưởng trạm
contacts: gọi số nào để hỏi về lịch tiêm
contacts: tram lam viec tu may gio
contacts: đường dây nóng của sở y tế là số mấy
contacts: cho bác xin số của trạm để bác gọi, bác không rành nhắn tin
contacts: trạm mới dời đi đâu rồi
contacts: người chịu trách nhiệm tiêm chủng xã này tên gì
contacts: số điện thoại để hỏi về chứng nhận
contacts: giờ hành chính của trạm là mấy giờ
contacts: what number can I call to ask about my shot
contacts: zalo trạm là số nào
contacts: muốn khiếu nại lên tỉnh thì gọi số mấy
staff: hàng đợi của em còn mấy ca
staff: mở danh sách phản ánh trạm mình
staff: tôi là cán bộ trạm, cho tôi đăng nhập
staff: hôm nay trạm mình có bao nhiêu phản ánh quá hạn
staff: em cần duyệt danh sách đăng ký của xã
staff: show me the pending cases at my station
staff: ca nào em đang giữ sắp tới hạn
staff: xuất báo cáo tiêm tuần này cho trạm
staff: em đang trực, ca nào tới hạn trước thì mở cho em
staff: còn bao nhiêu phản ánh trạm em chưa trả lời
staff: tôi là trạm trưởng trạm Kon Gang
staff: cho em vào danh sách bà con đăng ký đợt này để gọi
staff: đăng nhập cho nhân viên y tế
staff: chuyển PA-3K9T2 sang công an xã
staff: my queue
staff: mở ca đầu tiên trong hàng đợi
help: bot này dùng làm gì vậy
help: tôi không biết sử dụng
help: hướng dẫn tui với
help: làm sao để dùng cái này
help: what can you help me with
help: ở đây giúp được những chi
help: toi bam khong duoc
help: có những lựa chọn nào
help: trạm ơi là gì vậy
help: tui phải làm gì bây giờ, tui không hiểu
help: có thể làm những gì trên này
help: xin hướng dẫn cách dùng
help: I'm lost, what do I do
help: trợ giúp với
help: bấm vô đâu để bắt đầu
help: con chỉ bác cách xài cái này đi
stop: thôi tôi không khai nữa
stop: đừng nhắn tin cho tôi nữa
stop: dung lai
stop: tui mệt rồi, không trả lời nữa
stop: please stop texting me
stop: để lúc khác làm tiếp
stop: thôi thoát
stop: phiền quá, ngưng giùm
stop: tôi không muốn làm nữa
stop: ngưng, đừng hỏi nữa
stop: thôi em bận rồi, lúc khác em nhắn
stop: đừng gửi tin nhắn tự động cho số này nữa
stop: cancel
stop: ko khai nữa đâu mệt lắm
stop: hủy
stop: unsubscribe please
emergency: mẹ tôi khó thở sau khi tiêm, cho xin số cấp cứu
emergency: con tui co giật rồi làm răng chừ
emergency: bé nhà em sốt 40 độ lừ đừ không bú
emergency: tiêm về bị sưng môi, nổi mề đay, thở không nổi
emergency: ba em ngất rồi
emergency: chong toi dau nguc du doi sau tiem
emergency: she is unconscious after the injection
emergency: cháu nó tím hết môi rồi
emergency: tay chân lạnh ngắt, gọi không trả lời
emergency: choáng quá sắp ngất
emergency: trạm ơi cháu nhà tui chích xong về nó lả đi môi tím bầm
emergency: em bị ngứa họng, khó nuốt, mặt sưng lên sau tiêm 20 phút
emergency: giờ làm sao con tôi sốt cao co giật rồi
emergency: mẹ tôi đang nằm bất động không nói gì
emergency: vo toi kho tho qua tram oi
emergency: chồng em đau thắt ngực vã mồ hôi
emergency: my daughter has hives and can't breathe
emergency: ba tui xỉu trong nhà tắm sau khi chích về
emergency: tôi chóng mặt quá sắp xỉu rồi
emergency: bé bỏ bú, li bì, sốt 39.5
privacy: xoá dữ liệu của tôi đi
privacy: thông tin của tôi có bị lộ không
privacy: ai được xem hồ sơ tiêm của tôi
privacy: trạm giữ thông tin của em bao lâu
privacy: I want to know what data you store about me
privacy: tui không đồng ý cho dùng thông tin nữa
privacy: sao trạm có sđt của tui
privacy: căn cước của tôi gửi lên đây có an toàn không
privacy: ai đã tra cứu thông tin của tôi hôm qua
privacy: tôi muốn rút lại sự đồng ý cho dùng thông tin
privacy: có chắc thông tin của dân không bị đem bán không
privacy: who can see my health data
privacy: xóa luôn hồ sơ của tôi trong hệ thống
privacy: sao phải khai số căn cước, lộ thì sao
privacy: ảnh em gửi lưu ở đâu vậy
privacy: đây có phải trang lừa đảo không
language: English please
language: nói tiếng Jrai được không
language: chuyển qua tiếng Việt đi
language: tui không hiểu tiếng Anh
language: do you have Vietnamese
language: bạn nói được tiếng Bahnar không
language: doi sang tieng anh giup
language: có tiếng dân tộc mình không
language: Tiếng Anh
language: i cannot read this, english
language: bà ngoại em chỉ hiểu tiếng Bahnar thôi
language: trả lời bằng tiếng Việt
language: có hỗ trợ tiếng Ê Đê không
language: doi ngon ngu giup toi
human: cho tôi gặp cán bộ
human: nói chuyện với người thật được không
human: gọi lại cho tôi nhé
human: tôi cần gặp bác sĩ để hỏi
human: please let a person answer me
human: tui không muốn nói chuyện với máy
human: nhờ trạm gọi cho tôi theo số này
human: co ai o tram khong cho toi hoi
human: em muốn hỏi trực tiếp cán bộ
human: không nói chuyện với robot nữa, cho gặp người
human: gọi điện cho tôi được không, tôi không biết nhắn
human: please connect me to a nurse
human: cho tui gặp ông bác sĩ
human: ai đó trả lời tôi đi chứ
human: nhờ cán bộ liên hệ lại qua số này
human: cần người tư vấn
none: hôm qua bị khó thở nay hết rồi
none: đau tay chỗ tiêm
none: cười ngất với bot luôn
none: sốt 38 độ
none: trời hôm nay nóng quá
none: tiêm vắc xin có đau không
none: cảm ơn trạm nhiều
none: mệt muốn xỉu vì xếp hàng
none: mẹ tôi năm ngoái bị sốc phản vệ khi tiêm
none: bé sốt nhẹ sau tiêm có sao không ạ
none: how are you today
none: có bầu có được tiêm không
none: chưa thấy ai bị co giật sau tiêm cả
none: hello bot
none: trước tiêm mũi 1 tôi bị nổi mề đay, mũi 2 có nên tiêm không
none: chờ tiêm nóng muốn xỉu
none: em bé sốt 37.8 sau tiêm
none: bà tôi 90 tuổi có tiêm được không
none: tiêm rồi có cần đeo khẩu trang không
none: chào buổi sáng
none: sưng chỗ tiêm bao lâu thì hết
none: hồi xưa tôi hay bị co giật
none: ok em cảm ơn
none: my arm is sore after the vaccine
none: mai làng tui có đám ma
none: thằng bạn tui nó tức cười muốn xỉu
none: tối qua mẹ tôi hơi sốt, giờ khỏe rồi
register: Con trai tôi sang tuần nhập ngũ, muốn cho nó tiêm trước thì đăng ký sao
register: tôi bị mất suất đợt trước, giờ cho tôi đăng ký lại với
register: muốn ghi tên cho cả nhà đi chích, nhà có 4 người lớn 2 trẻ nhỏ
register: e chưa có bhyt thì có đky tiêm đc k ạ, e muốn đky
register: toi muon tiem phong dai vi bi cho can
register: book me in for the next vaccination day
registration_status: tui chờ mãi không biết bao giờ tới tui
registration_status: hồ sơ đăng ký tiêm của cháu nội tôi đã vào danh sách chưa
registration_status: trạm ơi mai nhà em có phải đi tiêm không hay tuần sau
registration_status: mã đăng ký của tui bị mất cho xin lại
registration_status: is my son's appointment still on for tomorrow
registration_status: con dk roi ma hong thay gi het tron
cancel_registration: Tôi có việc đột xuất phải vào viện mổ, cho hủy mũi tiêm đã hẹn
cancel_registration: ba con nói không tiêm nữa, bỏ tên ba con ra nha
cancel_registration: rút giùm tôi đơn đăng ký tiêm
cancel_registration: remove us from tomorrow's vaccination, we are travelling
cancel_registration: đk lộn ngày r, huỷ cái đó giúp mình
cancel_registration: không muốn cho con tiêm đợt này nữa
certificate: giờ tôi muốn in cái giấy chứng nhận cho ba tôi thì sao
certificate: sếp bắt nộp bằng chứng đã tiêm 3 mũi
certificate: qua cửa khẩu Bờ Y cần hộ chiếu vắc xin, tôi lấy ở đâu
certificate: coi dùm tui chích đủ mũi chưa
certificate: cho xin file chứng nhận tiêm của bé Na
certificate: ma qr cua toi khong thay dau cho xin lai
complain: năm sinh của tôi là 1985 chứ không phải 1958
complain: giấy của vợ tôi lại đứng tên tôi
complain: tui chích Pfizer mà người ta ghi Sinopharm
complain: em có 2 mã qr, xin nhập lại thành 1
complain: no record of my vaccination even though I have the paper slip
complain: vao tra cuu thi bao khong co thong tin mac du toi tiem du 2 mui
complaint_status: tui báo ghi trật tên mười bữa rồi, chừ ra răng
complaint_status: đã 5 ngày kể từ khi tôi khiếu nại, bao giờ giải quyết
complaint_status: hồ sơ PA-8K3W7 của tôi đang do ai xử lý
complaint_status: e nhận đc tin pa bị từ chối, cho e hỏi lý do
complaint_status: was my name corrected yet? I complained last week
complaint_status: kết quả phản ánh thiếu mũi của ông ngoại
contacts: Cho hỏi cô Lan y tá trạm số điện thoại bao nhiêu
contacts: trạm nằm cạnh trường học hay cạnh ủy ban
contacts: tôi gọi trạm hoài không được, có số nào khác không
contacts: mấy giờ có người ở trạm để tôi lên
contacts: chích ở đâu vậy ad, chỉ chỗ e vs
contacts: email or phone of the health center?
staff: sáng nay trạm em vào sổ được bao nhiêu mũi rồi
staff: cho chị nhận 5 ca tiếp theo
staff: Hồ sơ nào của trạm mình bị quá 48 giờ
staff: anh ở Sở Y tế, muốn xem trạm nào chưa xử lý phản ánh
staff: mở hồ sơ PA-8K3W7 cho em xử lý
staff: login nhan vien tram
help: tui mới biết cái này, nó giúp tui được chi
help: làm sao nhắn cho đúng hả trạm
help: mình có thể hỏi những gì ở đây
help: trợ giúp em với, em đang rối
help: can you explain how to use this chat
help: các chức năng của bot
stop: thôi hỏi nhiều quá tôi không điền nữa
stop: ngừng gửi thông báo cho tôi
stop: bỏ đi, để tui hỏi vợ đã
stop: no more questions please, stop
stop: thôi k lm nữa
stop: đừng nhắn zalo cho tui nữa
emergency: thằng nhỏ chích về nằm thẳng đơ không cử động gì nữa
emergency: mẹ chồng em kêu tức ngực với khó thở từ nãy giờ
emergency: làm ơn gọi xe cấp cứu, bố tôi ngã quỵ
emergency: bị dị ứng nặng sau tiêm, mặt mũi sưng húp
emergency: em thấy lưỡi tê cứng với khó nuốt
emergency: con nít sốt bốn mươi độ rồi giật tay chân
emergency: he stopped breathing
emergency: be nha toi tho khong noi, nguoi tim tai
privacy: Tôi không muốn cán bộ thôn biết tôi bị bệnh gì
privacy: dữ liệu này ai quản lý và lưu bao lâu
privacy: xoá cái ảnh giấy tờ em vừa gửi nhầm
privacy: có phải khai thật số căn cước không, tui sợ mất tiền
privacy: I want all my information removed
privacy: cho tôi xem những gì các anh đang giữ về tôi
language: tôi đọc tiếng Việt kém, có tiếng Jrai không
language: switch language
language: sao bot trả lời bằng tiếng Anh, đổi lại giùm
language: could you speak Vietnamese instead
language: tui chỉ biết nói tiếng Ba Na
human: để tôi nói chuyện với cô y tá được không
human: cho số của tôi là 0900000021, gọi tôi nhé
human: không gõ chữ được, gọi điện cho bà đi
human: cán bộ nào rảnh trả lời giúp tôi
human: I need a real human to help me
human: muốn được bác sĩ tư vấn trực tiếp
none: sau khi chích có được ăn đồ biển không
none: tôi tiêm xong chỉ hơi mỏi vai
none: hôm qua sốt cao lắm nhưng nay khỏe rồi
none: mũi này cách mũi kia bao nhiêu ngày
none: trạm có bán que thử không
none: tui 75 tuổi bị tiểu đường chích được hông
none: haha bot này vui ghê
none: đứng xếp hàng muốn ngất luôn á
none: happy new year
none: ai cho tui hỏi giá cà phê bữa nay
none: con bạn tui chích xong bị ngất tháng trước
none: cháu nhà em bị ho có tiêm được không ạ
register: nha toi o xa lam rang dang ky chich cho ba gia khong di duoc
register: đầu tháng tôi có nói không tiêm, giờ xin đăng ký lại được không vậy
register: cho mình hỏi có cần mang CCCD khi đăng ký tiêm không, mình muốn đăng ký cho con
register: ơ trạm ơi ghi tên tui với, tui chưa có tên
register: Vợ em bầu 7 tháng muốn tiêm uốn ván, đặt lịch giúp em
register: vaccination sign-up for foreigner with passport, how?
register: em mún đăng kí cho cả lớp 30 bạn tiêm hpv ạ
registration_status: đăng ký rồi chưa thấy chi hết, có bị sót tên không hè
registration_status: tui quên lịch tiêm rồi, coi giùm
registration_status: phiếu hôm trước tôi khai đã có ai xem chưa
registration_status: chừng nào trạm gọi nhà tui đi chích vậy
registration_status: em dk cho me em mui 3 khi nao den luot a
registration_status: still no message about my vaccination date
registration_status: đăng ký của tôi bị ghi nhầm ngày sinh, sửa lại được không
cancel_registration: hổm rày tui bệnh quá, thôi khỏi chích nghen trạm
cancel_registration: tôi không muốn con tôi tham gia đợt tiêm ở trường, gạch tên cháu
cancel_registration: cty em cho tiêm rồi nên suất ở đây em không lấy nữa
cancel_registration: huỷ hết 4 người nhà tôi đã đăng ký hôm qua
cancel_registration: pls cancel appt for tmr
cancel_registration: tui rút, không chích choác chi hết
certificate: bữa ni đi làm người ta hỏi thẻ xanh, tui kiếm ở mô
certificate: Tôi cần tờ xác nhận tiêm đủ liều để bay sang Nhật, bản tiếng Anh
certificate: chung nhan tiem cua ba ngoai toi xem cho nao
certificate: coi lại lịch sử tiêm của bé giúp em
certificate: my employer needs my vaccine certificate
certificate: mở mã QR lên giùm, đang đứng ở cổng nhà máy
certificate: đính chính xong rồi, chứng nhận mới lấy ở đâu
complain: tra ra tên đúng mà ngày sinh lại của người khác
complain: chích ở trạm ngày 12 mà ghi ngày 21
complain: em tiêm mũi nhắc rồi mà thẻ vẫn vàng
complain: tên cha sinh mẹ đẻ là Y Thơm mà giấy ghi Y Thom, sửa cho tui
complain: hệ thống báo tôi tiêm ở Hà Nội trong khi tôi chưa ra đó bao giờ
complain: my certificate is showing someone else's name
complain: tui bức xúc quá, tiêm ba tháng rồi mà chưa có dữ liệu
complaint_status: cho hỏi vụ tui khiếu nại bị ghi sai tên làm tới đâu rồi
complaint_status: số phiếu PA-5T8Z2 giờ sao
complaint_status: hôm thứ sáu em có báo thiếu mũi, chưa thấy ai nói gì
complaint_status: trạm sửa xong cho tôi chưa, tôi báo lâu rồi đó
complaint_status: has the wrong date been fixed yet
complaint_status: sao im hơi lặng tiếng vậy, phản ánh của tui đâu
contacts: xin cái địa chỉ trạm để con tui chở đi
contacts: tối nay có bác sĩ nào trực không, số mấy
contacts: số điện thoại cô phụ trách tiêm ở xã Kon Gang
contacts: trạm mở cửa ngày lễ không
contacts: where can i find you
contacts: ai là người chịu trách nhiệm xử lý phản ánh xã này, cho xin số
staff: hôm nay em trực, có phản ánh nào mới vào không
staff: em muốn duyệt hồ sơ đăng ký của bà con làng Klot
staff: mấy ca quá hạn của trạm em là ca nào
staff: chị trưởng trạm đây, phân ca PA-5T8Z2 cho em Thảo
staff: in cho em danh sách tiêm sáng mai của xã
staff: nurse here, what's left in the queue
help: ủa cái này xài sao
help: Bác mới cài Zalo, không biết nhắn gì, cháu chỉ bác
help: mày làm được gì
help: cho biết ở đây hỗ trợ chuyện gì
help: hướng dẫn
help: lam sao de bat dau
stop: thôi không hỏi nữa đâu, mệt
stop: tắt giùm cái thông báo nhắc lịch
stop: em có việc, dừng ở đây nha
stop: i don't want any more texts from you
stop: dung lam phien nua
stop: đang làm dở nhưng thôi khỏi
emergency: mẹ em sốt li bì 2 ngày nay, giờ gọi không mở mắt
emergency: ổng chích xong về nhà cái té xỉu, giờ nằm im
emergency: môi với lưỡi em tê rần, ngực nặng như đá đè
emergency: bé 6 tháng tím tái sau khi chích, trạm ở đâu để em bồng tới
emergency: toi bi soc phan ve cuu toi
emergency: my wife's throat is swelling after the injection, what number do I call
emergency: thằng bé giật kinh phong rồi trời ơi
emergency: người nổi mề đay đầy mình, thở khò khè
emergency: con bé nóng hầm hập 40,5 độ co quắp tay chân
emergency: ông cụ tức ngực, toát mồ hôi lạnh
privacy: ai cho mấy người lưu số căn cước của tôi
privacy: tôi muốn biết ai đã xem giấy tiêm của tôi
privacy: dữ liệu tiêm của con em có bị lộ ra ngoài không
privacy: please wipe all my info
privacy: khai rồi có xoá được không
privacy: tin nhắn này có ai khác đọc được không
language: tui nói tiếng Jrai, nghe tiếng Kinh không hiểu
language: có tiếng Hàn không ạ
language: pls speak english, i don't understand
language: bạn nói tiếng Việt được không
human: có ai là người thật ở đây không, tôi cần nói chuyện
human: bảo bác sĩ gọi cho tui
human: tôi hỏi mãi mà bot không trả lời đúng, chuyển cho cán bộ đi
human: can a staff member phone me this afternoon
human: kêu cô y tá ra nói chuyện
human: cho em gap can bo tram
none: chích xong tay sưng như cái bánh bao hihi
none: trời mưa to quá không đi rẫy được
none: mũi 4 có cần thiết không bác sĩ
none: mẹ tôi từng ngất khi tiêm năm 2021
none: tiêm xong nhức đầu nhẹ uống gì được
none: coi phim hài cười muốn tắt thở
none: dạ vâng ạ
none: sốt 37.5 có sao không
none: con tôi hồi bé bị co giật do sốt, giờ lớn rồi
none: ăn tôm sau tiêm được không
none: bị zona có chích được không
none: hello good morning
none: thấy kim tiêm mà muốn xỉu
none: hết ngứa rồi, không còn khó thở nữa, cảm ơn trạm
emergency: Con tôi vừa tiêm xong người mềm nhũn, không phản ứng
emergency: trạm ơi ba tui thở không nổi nữa rồi
emergency: sau tiêm 30 phút em thấy tim đập nhanh, chóng mặt, khó thở
emergency: bà tôi mê man, người nóng như lửa
emergency: vợ tôi sưng hết mắt môi, ngứa ngáy khó thở
emergency: be moi chich xong tim tai het ca nguoi lam sao day
emergency: cháu tôi co giật, sùi bọt mép, giúp với
emergency: sau khi chích em bị tê cứng lưỡi, không nói được
emergency: mẹ tôi nằm thở thoi thóp
emergency: help, my kid just fainted and he's pale
emergency: I am having chest tightness and shortness of breath after vaccine
emergency: gọi 115 giùm, chồng tôi bất tỉnh
emergency: đau bụng dữ dội, nôn ra máu sau tiêm
emergency: sốt 41 độ mê sảng
emergency: con bị sốc phản vệ hay sao ấy, mặt tái nhợt, tay lạnh
emergency: em choáng, mắt mờ, đứng không vững sau khi chích
emergency: chong em te xiu sau khi chich ngua
emergency: mạ tui khó thở, trạm xá có ai không
emergency: ngực em đau nhói mỗi lần thở, mới tiêm hôm qua
emergency: cấp cứu cấp cứu
emergency: bé khóc không thành tiếng, da xanh lét, thở nhanh
emergency: bị khó thở từ tối hôm qua tới giờ không đỡ
emergency: ông nội em ngất rồi, lay mãi không tỉnh
emergency: tự nhiên cháu nó trợn mắt, cứng người
emergency: bạn em tiêm xong xỉu ngay tại điểm tiêm
emergency: nổi ban đỏ toàn thân và khó thở
emergency: e bị ngứa họng, nghẹn cổ, k nuốt đc nước bọt
emergency: đang giữ con bị co giật, cần người tới gấp
emergency: my face is numb and I can't swallow
emergency: baby won't wake up after the injection
emergency: kho tho tuc nguc chong mat
emergency: toi sap ngat
emergency: con toi sot 40 do co giat
emergency: mẹ em liệt một bên người, méo miệng
emergency: nhà tôi có người bị phản ứng thuốc nặng, tím hết môi
emergency: em mệt quá, khó thở, tay chân tê rần, có sao không ạ
emergency: chảy máu mũi hoài không cầm được từ lúc tiêm
emergency: chích hồi sáng, chừ tui đau ngực quá trời
emergency: bị ong đốt sưng mặt khó thở
emergency: bố tôi lơ mơ, gọi hỏi không biết gì
emergency: con tui nó giựt, miệng méo xẹo
emergency: thở hổng nổi, cứu tui
emergency: chau bi soc thuoc roi
emergency: có ai giúp không con tôi đang tím tái, tôi sợ quá
emergency: bé sốt cao 39,8 độ đã uống 2 liều hạ sốt mà vẫn không giảm
emergency: làm sao để sơ cứu, vợ tôi vừa ngất xong
emergency: tiêm cách đây 2 ngày, giờ đau đầu dữ dội, nhìn mờ
emergency: em cảm thấy sắp chết, khó thở quá
emergency: Urgent! Passed out after second dose
emergency: his lips are blue
none: sốt nhẹ 37.8 sau tiêm thì làm sao
none: tiêm xong hơi đau đầu có phải bình thường không
none: hôm kia tiêm xong khó thở nhẹ, đi khám rồi, giờ ổn
none: bé nhà em sốt 38.5 sau chích, em cho uống hạ sốt rồi
none: lần tiêm trước tôi bị sốc phản vệ, lần này có nên tiêm không
none: khi nào thì cần gọi cấp cứu sau tiêm
none: sau tiêm có dấu hiệu gì thì đi viện
none: đợi lâu quá muốn ngất
none: cười đau cả bụng
none: cười muốn tắt thở với ông này
none: giá xăng tăng sốc thiệt
none: nghe đồn tiêm xong bị co giật có thật không
none: mẹ tôi bị tai biến hồi năm 2015
none: con mèo nhà tôi bị co giật
none: mũi trước tiêm xong chóng mặt, nghỉ tí là khỏe
none: chỗ tiêm sưng đỏ, hơi nóng
none: em không bị khó thở hay đau ngực gì cả, chỉ mỏi tay
none: tiêm xong có thể bị phản vệ không bác sĩ
none: tôi sợ bị ngất khi tiêm
none: hồi sáng con tôi nôn một lần, giờ ăn uống bình thường
none: đường xóc quá đi muốn xỉu
none: nắng như này xỉu mất thôi
none: crush rep tin nhắn mà ngừng thở luôn á
none: I fainted during my last shot two years ago
none: is chest pain a common side effect
none: bị hen suyễn lâu năm, thỉnh thoảng khó thở, có tiêm được không
none: tuần trước con sốt co giật nhưng nay đã khỏe, cảm ơn bác sĩ
none: triệu chứng sốc phản vệ là như thế nào
none: nổi mẩn ngứa nhẹ chỗ chích
none: tay tê tê chút sau tiêm
none: sau tiêm bị tiêu chảy nhẹ
none: đau ngực hôm bữa đi khám bác sĩ nói không sao
none: đang xem phim có cảnh cấp cứu căng thẳng quá
none: dich sot xuat huyet o xa minh co nhieu khong
none: hom qua chong mat non oi, nay het roi
none: nhức đầu vì chờ lâu quá
none: mới tiêm xong hơi buồn nôn chút thôi
none: ngủ li bì cả ngày vì đi nhậu về
certificate: chờ giấy chứng nhận muốn xỉu, cho tôi xem với
register: hồi nhỏ con em hay co giật, giờ muốn đăng ký tiêm cho bé
cancel_registration: lần trước chích bị ngất nên lần này xin hủy
contacts: cho xin số xe cấp cứu để lưu lại
contacts: bệnh viện nào gần nhất có cấp cứu
complain: nhân viên để mẹ tôi ngất ở điểm tiêm tuần trước mà không ai lo, tôi muốn phản ánh
emergency: cho hỏi mẹ khó thở thì gọi ai
emergency: cho em hỏi con em tím tái phải làm sao
emergency: nhà xa trạm mà con tôi co giật
emergency: trời nóng mà bà tôi lạnh ngắt tay chân, gọi không thưa
emergency: sáng nay tiêm, giờ tức ngực
emergency: đang chờ tiêm mà bà ngất rồi
emergency: xếp hàng chờ tiêm có cụ ngất xỉu
emergency: con sợ quá mẹ con xỉu rồi
emergency: hay là sốc phản vệ, mặt con tôi tái mét rồi
emergency: em vừa đi tiêm về mệt lắm muốn xỉu
emergency: tôi muốn ngất, choáng quá
emergency: dạ bác sĩ ơi bé khò khè thở rút lõm
emergency: bé thở khò khè mấy hôm nay từ lúc tiêm, có cần đi viện không
emergency: không xong rồi, chồng tôi ngừng thở
emergency: em tiêm hôm thứ hai, hôm nay nổi mề đay khắp người
emergency: tuần trước tiêm mà giờ co giật
emergency: lần trước bị sốt nhẹ thôi, lần này khó thở dữ lắm
emergency: mẹ tôi bị hen, tiêm xong giờ lên cơn khó thở
emergency: đừng nhắn nữa gọi cấp cứu đi
emergency: tôi muốn hủy đăng ký nhưng giờ con tôi đang co giật
emergency: bao giờ bác sĩ tới, ba tôi bất tỉnh rồi
emergency: xin số cấp cứu mẹ tôi ngất
emergency: my son had the vaccine yesterday and now he has trouble breathing
emergency: does anyone know what to do my mom is unconscious
emergency: hoi tho yeu lam roi
emergency: co ai khong cuu voi con toi sap chet
emergency: nó khó thở mà không có xe đi viện
emergency: khó thở quá không ngủ được
emergency: mặt sưng, không mở mắt được
emergency: con bị sốt cao 40 độ không biết làm sao
emergency: bị ngất không biết vì sao
emergency: sau tiêm bị liệt mặt
register: đăng kyd tiêm vacxin cho mẹ
register: dkys tiêm mũi bs
register: nhà có người già với em bé 9 tháng thì ghi tên tiêm kiểu gì trạm nhỉ
register: hôm qua xem lịch rồi thấy còn chỗ, cho tôi đặt một chỗ
registration_status: kt giúp e đky của mẹ e đc duyệt ch
registration_status: hôm bửa có đang ky cho bé rồi giờ xem lai ngay hen
registration_status: cho tui biết tui tiêm ngày nào để còn xin nghỉ làm
registration_status: trạm đổi lịch cho con em qua ngày khác với, bữa đó nó thi
cancel_registration: huỷ dk tiem giup mk voi ban viec qa
cancel_registration: thoi ko tiem nua dau xoa ten di
cancel_registration: không đi tiêm mai được nữa rồi bỏ lịch giúp
certificate: alo tôi muốn lấy cái giấy chứng nhận tiêm chủng của vợ tôi thì lấy bằng cách nào vậy
certificate: chug nhan tim chug cua toi
certificate: cho xem lai giấy xác nhân đã tim
certificate: qr code tiêm ngừa của em ở đâu ạ em cần gấp để vô công ty
certificate: dịch giấy tiêm của tôi sang tiếng Anh được không
complain: sai tn tên trên giấy chứg nhận
complain: giấy xac nhan bi sai ngay thang nam sinh
complain: em đã tiêm 3 mũi nhưng tra cứu chỉ ra có 2 mũi thôi à
complain: bên trạm nhập nhầm sđt của em thành số người khác nên em k nhận đc mã
complaint_status: cái vụ tôi nhờ sửa năm sinh bữa trước đó tới nay làm tới đâu rồi cán bộ
complaint_status: pảhn ánh của tôi xử lí tới đâu
complaint_status: e gửi phan anh tu hom 12 ma chua co phan hoi
complaint_status: PA-9H4TB72K
contacts: cho hỏi trạm y tế mình nằm ở chỗ nào để tôi chở bà cụ lên đó
contacts: so dt tram yte
contacts: ai la nguoi phu trach tiem o thon minh z
contacts: t7 cn trạm có mở cửa ko ạ
staff: em là điều dưỡng trạm Đak Đoa em cần xem mấy phản ánh đang chờ của trạm em
staff: hang doi hom nay
staff: danh sach dang ky tram minh con bao nhieu nguoi chua duyet
staff: bàn giao hết ca của tôi cho chị Nhung
help: trời ơi cái này bấm sao đây con ơi bác không biết gì hết
help: hưỡng dẫn sử dụg
help: bot làm dc nhữg j v
help: tôi cần được chỉ cách làm
stop: thôi thôi đừng hỏi nữa tôi bận lắm để khi nào rảnh tôi làm
stop: dừg lại
stop: ko nhận tin nhắn nữa nhé
stop: không muốn khai nữa đâu
emergency: mẹ tui khso thở quá
emergency: me toi kho thơ tim tai
emergency: ngat xiuu roi
emergency: con em bị co giât
emergency: em tức ngưc khó thỡ quá
emergency: bé sốt cao quá co giật
privacy: tôi không muốn để lại số điện thoại với căn cước ở đây nữa xóa giúp tôi hết đi
privacy: tt ca nhan cua e co dc bao mat k
privacy: ai coi dc ho so cua tui
language: noi tieng gia rai dc k
language: chuyen sag tieng anh
language: my mother speak only Jrai language
human: tôi nói chuyện với cái máy này mệt quá cho tôi gặp ai đó là người đi
human: gap can bộ tram
human: goi lai cho e vs
none: hôm nay mưa quá chắc không đi đâu được
none: tiem xong bi dau tay qua
none: tôi bị huyết áp cao 160 thì có tiêm được không bác sĩ
none: cam onn nhieu nha
none: mũi này tiêm xong có phải nghỉ làm không
none: hom wa tim xong bi nhuc dau nay het r
"""

ANSWERS = """
Nguyễn Văn An
Trần Thị Thôi
Rơ Châm H'Bia
làng Klot, xã Kon Gang
thôn 3 xã Ia Băng
12 Trần Hưng Đạo
31/12/1990
sinh năm 1962
làm rẫy
dân tộc jrai
không có căn cước
cả ngày
dị ứng tôm
B1234567
079123456789
"""


def told(block: str) -> list[str]:
    return block.strip().splitlines()


def expected(block: str) -> list[tuple[str, str]]:
    return [(intent, text) for intent, _, text in (line.partition(": ") for line in told(block))]


@pytest.mark.parametrize("text", told(HAPPENING_NOW))
def test_a_danger_sign_now_is_an_emergency(text: str) -> None:
    assert is_urgent(text)
    assert understand(text).intent == "emergency"
    assert understand(text).sure


@pytest.mark.parametrize("text", told(NOT_NOW))
def test_past_denied_asked_and_joking_is_not(text: str) -> None:
    assert not is_urgent(text)


@pytest.mark.parametrize(("intent", "text"), expected(CLOSE_CALLS))
def test_close_calls(intent: Intent, text: str) -> None:
    assert understand(text).intent == intent


@pytest.mark.parametrize(("intent", "text"), expected(SAID_BY_MANY))
def test_what_people_say(intent: Intent, text: str) -> None:
    assert understand(text).intent == intent


@pytest.mark.parametrize("text", told(ANSWERS))
def test_an_answer_to_a_question_is_no_wish(text: str) -> None:
    answer = understand(text)
    assert answer.intent == "none" or not answer.sure


def test_marks_are_not_needed() -> None:
    said = expected(SAID_BY_MANY)
    right = [understand(fold(text)).intent == intent for intent, text in said]
    assert sum(right) >= 0.93 * len(said)


def test_nearly_all_examples_are_learned() -> None:
    taught = train.examples()
    right = [understand(one.text).intent == one.intent for one in taught]
    assert sum(right) >= 0.98 * len(taught)


def test_no_example_of_an_emergency_is_missed() -> None:
    cries = [one.text for one in train.examples() if one.intent == "emergency"]
    assert [text for text in cries if understand(text).intent != "emergency"] == []


def test_no_other_example_is_taken_for_an_emergency() -> None:
    others = [one.text for one in train.examples() if one.intent != "emergency"]
    assert [text for text in others if is_urgent(text)] == []


def test_the_weights_belong_to_the_examples() -> None:
    """After a change run `python -m conversations.understanding.train`."""
    assert model().digest == train.digest()


def test_the_same_examples_give_the_same_weights() -> None:
    few = train.examples()[::40]
    assert train.packed(train.learned(few)) == train.packed(train.learned(few))


def test_unsure_when_two_are_close() -> None:
    assert not Understood("help", 0.5, (("none", 0.1),)).sure
    assert not Understood("help", 0.61, (("none", 0.38),)).sure
    assert Understood("help", 0.9, (("none", 0.1),)).sure
    assert Understood("help", 0.9).sure


def test_one_line_of_json() -> None:
    line = understand("đăng ký tiêm").as_json()
    assert "\n" not in line
    assert json.loads(line)["intent"] == "register"


ODD = st.sampled_from(["khó thở", "ngất", "không", "hôm qua", "PA-4K7M2", "sốt 40", "\u0300", "_"])


@given(st.one_of(st.text(), st.lists(st.one_of(ODD, st.text(max_size=5))).map(" ".join)))
def test_any_text_has_a_legal_answer(text: str) -> None:
    answer = understand(text)
    assert answer.intent in INTENTS
    assert 0 <= answer.score <= 1
    assert len(answer.runners_up) == 2
    assert all(intent in INTENTS and 0 <= score <= 1 for intent, score in answer.runners_up)
    assert is_urgent(text) in {True, False}


@given(st.sampled_from(told(HAPPENING_NOW)), st.sampled_from([str.upper, str.lower, fold]))
def test_a_cry_is_heard_however_it_is_typed(text: str, typed: type[str]) -> None:
    assert understand(typed(text)).intent == "emergency"


@pytest.mark.parametrize(
    "text", ["", "   ", "a" * 5000, "khó thở " * 700, "\u202e\u0000", "ﷺ" * 50]
)
def test_odd_texts(text: str) -> None:
    assert understand(text).intent in INTENTS


def test_no_rule_looks_for_ever() -> None:
    """Long repetitions go through every pattern; a hang here is a bad pattern."""
    for word in ("không", "sốt", "ngất", "mẹ tôi", "gọi", "hôm qua"):
        assert understand(f"{word} " * 2000).intent in INTENTS


def test_no_personal_data_in_the_examples() -> None:
    phones = re.compile(r"0\d{9}|0\d{3} \d{3} \d{3}")
    found = [n for one in train.examples() for n in phones.findall(one.text)]
    assert [n for n in found if not n.replace(" ", "").startswith("0900000")] == []
