extension BuiltIn {
  /// By the name of the enumeration.
  static let enumerationWordings: [String: Wording] = [
    "Language": Wording("Language of titles", "Язык названий"),
    "languages": Wording("Language of titles", "Язык названий"),
    "TSecStatus": Wording("Admission of orders", "Приём заявок"),
    "TSecType": Wording("Kind of security", "Вид ценной бумаги"),
    "TTradingStatus": Wording("Phase of trading", "Фаза торгов"),
    "TBuySell": Wording("Side of an order", "Сторона заявки"),
    "TDPValIndicator": Wording("Are there orders", "Есть ли заявки"),
    "TStatus": Wording("Admission of orders", "Приём заявок"),
    "TUnits": Wording("Unit of the goods", "Единица товара"),
    "intervals": Wording("Widths of a candle", "Периоды свечей"),
    "cardnames": Wording("Cards of an instrument", "Карточки инструмента"),
  ]

  /// By the name of the enumeration and the id.
  static let valueWordings: [String: Wording] = [
    "Language.en": Wording("In English", "По-английски", "Titles in English", "Названия на английском языке"),
    "Language.ru": Wording("In Russian", "По-русски", "Titles in Russian", "Названия на русском языке"),
    "languages.en": Wording("In English", "По-английски", "Titles in English", "Названия на английском языке"),
    "languages.ru": Wording("In Russian", "По-русски", "Titles in Russian", "Названия на русском языке"),

    "TSecStatus.A": Wording("Open", "Открыт", "Orders and trades are accepted", "Заявки и сделки принимаются"),
    "TSecStatus.S": Wording("Halted", "Остановлен", "No orders, no trades", "Ни заявки, ни сделки не принимаются"),
    "TSecStatus.N": Wording(
      "Settling", "Расчёты", "No trades, open ones are settled", "Сделок нет, прежние исполняются"),
    "TStatus.A": Wording("Open", "Открыт", "Orders and trades are accepted", "Заявки и сделки принимаются"),
    "TStatus.S": Wording("Halted", "Остановлен", "No orders, no trades", "Ни заявки, ни сделки не принимаются"),

    "TSecType.1": Wording("Share", "Акция", "Common share", "Обыкновенная акция"),
    "TSecType.2": Wording("Preferred", "Прив. акция", "Preferred share", "Привилегированная акция"),
    "TSecType.3": Wording("State", "Госбумага", "Security of the Russian state", "Бумага государства"),
    "TSecType.4": Wording("Regional", "Регион", "Security of a region of Russia", "Бумага субъекта федерации"),
    "TSecType.5": Wording("Bank of Russia", "Банк России", "Bond of the Bank of Russia", "Облигация Банка России"),
    "TSecType.6": Wording("Corporate", "Компания", "Bond of a company", "Облигация компании"),
    "TSecType.7": Wording(
      "Supranational", "Межгос.", "Bond of an international body", "Бумага международной организации"),
    "TSecType.8": Wording(
      "Exchange", "Биржевая", "Bond registered by the exchange", "Облигация, которую регистрирует биржа"),
    "TSecType.9": Wording("Open fund", "Открытый фонд", "Unit redeemed on any day", "Пай, погашаемый в любой день"),
    "TSecType.A": Wording(
      "Interval fund", "Интервальный фонд", "Unit redeemed in set weeks", "Пай, погашаемый в заданные сроки"),
    "TSecType.B": Wording(
      "Closed fund", "Закрытый фонд", "Unit redeemed at the end", "Пай, погашаемый в конце срока фонда"),
    "TSecType.C": Wording("Municipal", "Муниципалитет", "Security of a municipality", "Бумага муниципалитета"),

    "TTradingStatus.N": Wording(
      "Unavailable", "Нет торгов", "The instrument cannot be traded now", "Сейчас инструмент не торгуется"),
    "TTradingStatus.O": Wording("Opening", "Открытие", "The day is being opened", "Торговый день открывается"),
    "TTradingStatus.C": Wording(
      "Closed", "Закрыто", "The day is over or has not begun", "День окончен или ещё не начался"),
    "TTradingStatus.F": Wording("Closing", "Закрытие", "The day is being closed", "Торговый день закрывается"),
    "TTradingStatus.B": Wording("Pause", "Пауза", "A pause between two sessions", "Пауза между сессиями"),
    "TTradingStatus.T": Wording("Trading", "Идут торги", "Continuous trading", "Идут непрерывные торги"),
    "TTradingStatus.L": Wording(
      "Closing call", "Закрытие", "The auction that sets the close", "Аукцион, дающий цену закрытия"),
    "TTradingStatus.D": Wording("Blocks", "Пакеты", "The auction of large blocks", "Аукцион для крупных пакетов"),
    "TTradingStatus.I": Wording(
      "Discrete", "Дискретно", "An auction after a sharp move", "Аукцион после резкого движения цены"),
    "TTradingStatus.E": Wording(
      "At close", "По закрытию", "Trades at the closing call's price", "Сделки по цене закрытия"),
    "TTradingStatus.S": Wording(
      "Opening call", "Открытие", "The auction that opens the day", "Аукцион, открывающий день"),
    "TTradingStatus.A": Wording("Collecting", "Сбор", "An auction collects orders", "Аукцион собирает заявки"),
    "TTradingStatus.a": Wording("Matching", "Сделки", "An auction makes its trades", "Аукцион заключает сделки"),
    "TTradingStatus.b": Wording(
      "Frozen", "Реестр", "An auction builds its book, orders are frozen", "Реестр аукциона, заявки неизменны"),
    "TTradingStatus.p": Wording(
      "After call", "После", "Orders are entered and met at once", "Заявки подают и исполняют сразу"),
    "TTradingStatus.Q": Wording(
      "Unexplained", "Без пояснений", "The exchange explains it nowhere", "Биржа это состояние не поясняет"),

    "TBuySell.B": Wording("Bid", "Покупатель", "Somebody wants to buy", "Заявка покупателя"),
    "TBuySell.S": Wording("Ask", "Продавец", "Somebody wants to sell", "Заявка продавца"),

    "TDPValIndicator. ": Wording("None", "Пусто", "There is not one order", "Ни одной заявки"),
    "TDPValIndicator.S": Wording("Few", "Немного", "Orders up to the limit of the rules", "Заявки до порога правил"),
    "TDPValIndicator.M": Wording(
      "Many", "Порядочно", "Orders above the limit of the rules", "Заявки выше порога правил"),
    "TDPValIndicator.Y": Wording("Some", "Имеются", "At least one order", "Хотя бы одна заявка"),

    "TUnits.T": Wording("Tonne", "Тонна", "A thousand kilograms", "Тысяча килограммов"),

    "intervals.M1": Wording("Minute", "Минута", "A candle a minute", "Свеча за минуту"),
    "intervals.M10": Wording("Ten minutes", "Десять минут", "A candle every ten minutes", "Свеча за десять минут"),
    "intervals.H1": Wording("Hour", "Час", "A candle an hour", "Свеча за час"),
    "intervals.D1": Wording("Day", "День", "A candle a trading day", "Свеча за торговый день"),
    "intervals.W1": Wording("Week", "Неделя", "A candle a week", "Свеча за неделю"),
    "intervals.m1": Wording("Month", "Месяц", "A candle a calendar month", "Свеча за календарный месяц"),
    "intervals.m3": Wording("Three months", "Три месяца", "A candle every three months", "Свеча за три месяца"),
    "intervals.Q1": Wording("Quarter", "Квартал", "A candle a quarter of the year", "Свеча за квартал года"),

    "cardnames.common": Wording("In general", "Общее", "What the instrument is", "Что это за инструмент"),
    "cardnames.constsituents": Wording("Basket", "Состав", "What an index is made of", "Из чего состоит индекс"),
    "cardnames.session": Wording("Session", "Сессия", "Parameters of the day", "Параметры торгового дня"),
    "cardnames.boards": Wording("Boards", "Режимы", "Where it is traded", "Где инструмент торгуется"),
    "cardnames.indices": Wording("In indices", "В индексах", "Indices that contain it", "Индексы, в которые он входит"),
    "cardnames.issuer": Wording("Issuer", "Эмитент", "Who has issued it", "Кто его выпустил"),
    "cardnames.derivatives": Wording(
      "Derivatives", "Деривативы", "Futures and options on it", "Фьючерсы и опционы на него"),
    "cardnames.issuer_instruments": Wording(
      "Same issuer", "Того же эмитента", "Other securities of the issuer", "Другие бумаги эмитента"
    ),
  ]
}
