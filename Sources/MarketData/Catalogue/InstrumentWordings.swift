extension BuiltIn {
  /// Columns that describe an instrument rather than its trades.
  static let instrumentWordings: [String: Wording] = [
    "TICKER": Wording(
      "Full ticker", "Полный тикер", "Market, board and code of the instrument", "Рынок, режим и код инструмента"),
    "CBRF.securities.TICKER": Wording("Ticker of the currency", "Тикер валюты"),
    "FIXING.securities.TICKER": Wording("Ticker of the fixing", "Тикер фиксинга"),
    "SRATES.securities.TICKER": Wording("Ticker of the swap rate", "Тикер ставки своп"),
    "CAPTION": Wording("Title", "Заголовок", "Name in the language asked for", "Имя на выбранном языке"),
    "SHORTNAME": Wording(
      "Short title", "Короткое имя", "Short name of the place of delivery", "Короткое имя места поставки"),
    "SECNAME": Wording("Full title", "Длинное имя", "Full name of the place of delivery", "Полное имя места поставки"),
    "STATUS": Wording("Admission", "Допуск", "Whether orders are taken at all", "Принимаются ли вообще заявки"),
    "TRADINGSTATUS": Wording(
      "Phase", "Фаза торгов", "What the trading system does with it now", "Что сейчас делает с ним система"),
    "MARKETCODE": Wording(
      "Market code", "Код рынка", "Market inside the trading system", "Рынок внутри торговой системы"),
    "LOTSIZE": Wording("Units a lot", "Единиц в лоте", "How many units one lot holds", "Сколько единиц в одном лоте"),
    "LOTDIVIDER": Wording(
      "Parts a unit", "Долей в единице",
      "Into how many parts a unit of the lot is divided for trading", "На сколько частей делится единица лота в торгах"
    ),
    "MINSTEP": Wording("Tick", "Шаг цены", "Prices of orders are multiples of it", "Цены заявок кратны этому шагу"),
    "PRICEMINSTEP": Wording(
      "Tick in calculations", "Расчётный шаг", "Tick to which computed prices are rounded",
      "Шаг, до которого округляют расчётные цены"
    ),
    "DECIMALS": Wording("Decimals", "Знаков в цене", "Digits after the point of a price", "Цифр после запятой в цене"),
    "FACEVALUE": Wording(
      "Par value", "Номинальная стоимость", "Par of one unit, in its own currency", "Номинал единицы в её валюте"),
    "FACEUNIT": Wording(
      "Par currency", "В чём номинал", "Currency of the par value", "Валюта, в которой выражен номинал"),
    "MXAGRO.securities.FACEUNIT": Wording("Goods", "Вид товара", "Code of the goods traded", "Код продаваемого товара"),
    "NOMINAL": Wording(
      "Units quoted", "За сколько единиц", "The rate is for so many units", "Курс дан за столько единиц валюты"),
    "UNIT": Wording("Unit", "В чём измеряется", "How the goods are measured", "Чем измеряется товар"),
    "ISSUESIZE": Wording("Units issued", "Выпущено", "How many units there are", "Сколько единиц выпущено всего"),
    "CURRENCYID": Wording(
      "Currency", "Валюта", "Currency in which trades are settled", "Валюта, в которой идут расчёты"),
    "REGNUMBER": Wording("State number", "Госномер", "Number in the state register", "Номер в государственном реестре"),
    "SECTYPE": Wording("Kind", "Вид бумаги", "What kind of security it is", "Что это за ценная бумага"),
    "REMARKS": Wording("Notes", "Пометки", "Free text of the trading system", "Произвольный текст торговой системы"),
    "SETTLECODE": Wording(
      "Settlement", "Расчёты", "Usual settlement of its trades", "Обычный порядок расчётов по нему"),
    "SETTLEDATE1": Wording(
      "First settlement", "Первый расчёт", "Day of the first or only leg", "День первой или единственной части"),
    "SETTLEDATE2": Wording(
      "Second settlement", "Второй расчёт", "Day on which a swap or repo ends", "День, когда кончается своп или РЕПО"),
  ]

  /// Columns of the search, which go without Russian.
  static let searchWordings: [String: Wording] = [
    "ticker": Wording("Full ticker", "Полный тикер"),
    "secid": Wording("Code without market and board", "Код без рынка и режима"),
    "boardid": Wording("Code of the board", "Код режима"),
    "board_name": Wording("Title of the board", "Имя режима"),
    "marketplace": Wording("Market of the structure", "Рынок структуры"),
    "shortname": Wording("Short title", "Короткое имя"),
    "latname": Wording("Title in Latin letters", "Имя латиницей"),
    "name": Wording("Full title", "Полное имя"),
    "isin": Wording("International number (ISIN)", "Международный номер (ISIN)"),
    "regnumber": Wording("Number in the state register", "Номер в государственном реестре"),
    "primary_boardid": Wording("Code of its main board", "Код главного режима"),
    "emitent_id": Wording("Number of the issuer", "Номер эмитента"),
    "emitent_title": Wording("Title of the issuer", "Имя эмитента"),
    "emitent_inn": Wording("Tax number of the issuer (INN)", "ИНН эмитента"),
    "emitent_okpo": Wording("Statistics number of the issuer (OKPO)", "ОКПО эмитента"),
  ]
}
