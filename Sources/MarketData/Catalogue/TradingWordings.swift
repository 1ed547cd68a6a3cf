extension BuiltIn {
  /// Columns about orders that wait: bids and offers.
  static let sideWordings: [String: Wording] = [
    "BID": Wording(
      "Highest bid", "Цена покупателя", "Most that a buyer offers now", "Больше всего сейчас даёт покупатель"),
    "OFFER": Wording(
      "Lowest ask", "Цена продавца", "Least that a seller wants now", "Меньше всего сейчас хочет продавец"),
    "HIGHBID": Wording(
      "Day's top bid", "Высший спрос дня", "Highest bid of the day so far", "Высшая цена покупателя за день"),
    "LOWOFFER": Wording(
      "Day's lowest ask", "Низшее предложение дня", "Lowest ask of the day so far", "Низшая цена продавца за день"),
    "BIDDEPTHT": Wording(
      "Lots wanted", "Лотов на покупку", "Lots of all bids that wait", "Лоты всех ждущих покупателей"),
    "OFFERDEPTHT": Wording(
      "Lots on offer", "Лотов на продажу", "Lots of all asks that wait", "Лоты всех ждущих продавцов"),
    "NUMBIDS": Wording("Bids waiting", "Число покупателей", "How many bids wait", "Сколько заявок ждёт покупки"),
    "DPVALINDICATORBUY": Wording(
      "Hidden bids", "Скрытый спрос", "Whether the special board has bids", "Есть ли покупатели в особом режиме"),
    "DPVALINDICATORSELL": Wording(
      "Hidden asks", "Скрытое предложение", "Whether the special board has asks", "Есть ли продавцы в особом режиме"
    ),
    "BUYSELL": Wording(
      "Side", "Сторона", "Whether the level is of bids or asks", "Чей это уровень: покупателя или продавца"),
    "PRICE": Wording("Level", "Уровень цены", "Price of all the orders of the level", "Цена всех заявок этого уровня"),
    "MXSEBB.orderbooks.PRICE": Wording(
      "Rate of the level", "Уровень ставки", "Yearly rate in percent", "Годовая ставка в процентах"),
    "QUANTITY": Wording(
      "Lots of the level", "Лотов на уровне", "Lots that wait at the level", "Лоты, которые ждут на уровне"),
    "MXSEBB.orderbooks.VALUE": Wording(
      "Money of the level", "Деньги уровня", "Money that waits at the level", "Сумма заявок уровня"),
    "REPOVALUE": Wording(
      "Repo money", "Деньги РЕПО", "Money of repo orders at the rate; empty elsewhere",
      "Сумма заявок РЕПО по ставке; иначе пусто"
    ),
  ]

  /// Columns about trades that have been made.
  static let tradeWordings: [String: Wording] = [
    "LAST": Wording(
      "Last price", "Последняя цена", "Price of the newest trade or value", "Цена новейшей сделки или значение"),
    "QTY": Wording("Last lots", "Последние лоты", "Lots of the newest trade", "Лоты новейшей сделки"),
    "VALUE": Wording("Money", "Деньги", "Money of the newest trade", "Сумма новейшей сделки"),
    "candles.VALUE": Wording("Money", "Деньги", "Money of the candle's trades", "Сумма сделок свечи"),
    "TIME": Wording(
      "Last time", "Последнее время", "Moscow time of the newest trade", "Московское время новейшей сделки"),
    "CHANGE": Wording("Move", "Движение", "Last price less that of the day before", "Последняя цена минус вчерашняя"),
    "HIGH": Wording("Highest", "Наибольшая", "Highest price of the period", "Наибольшая цена за период"),
    "LOW": Wording("Lowest", "Наименьшая", "Lowest price of the period", "Наименьшая цена за период"),
    "OPEN": Wording("First", "Первая цена", "First price of the period", "Первая цена за период"),
    "CLOSE": Wording("Final", "Конечная цена", "Last price of the period", "Последняя цена за период"),
    "FROM": Wording("Start", "Начало", "Moscow time at which the candle starts", "Московское время начала свечи"),
    "TILL": Wording(
      "Last trade", "Конец", "Moscow time of its last trade so far", "Московское время её последней сделки"),
    "VOLUME": Wording(
      "Units traded", "Единиц в сделках", "Units that changed hands", "Сколько единиц сменило владельца"),
    "VOLTODAY": Wording(
      "Units of the day", "Единиц за день", "Units traded since the morning", "Сколько единиц продано с утра"),
    "VALTODAY": Wording("Money of the day", "Деньги за день", "Money of the day's trades", "Сумма сделок дня"),
    "NUMTRADES": Wording("Trades", "Число сделок", "How many trades the day has seen", "Сколько сделок было за день"),
    "WAPRICE": Wording(
      "Mean price", "Средняя цена", "Day's mean, weighted by volume", "Среднее за день с весом по объёму"),
    "PREVWAPRICE": Wording(
      "Mean before", "Прежняя средняя", "Mean price of the day before", "Средняя цена за день до этого"),
    "PRICEMINUSPREVWAPRICE": Wording(
      "Move from mean", "Движение от средней",
      "Last price less the mean of the day before", "Последняя цена минус средняя за день до этого"
    ),
    "PREVPRICE": Wording(
      "Price before", "Прежняя цена", "Last price of the day before", "Последняя цена за день до этого"),
    "PREVLAST": Wording(
      "Last before", "Прежняя последняя", "Last price of the day before", "Последняя цена за день до этого"),
    "PREVTRADEDATE": Wording(
      "Day before", "Прежний день", "Day on which it last traded", "День, когда была последняя сделка"),
    "TRADEDATE": Wording(
      "Day", "Торговый день", "Day to which the value belongs", "День, к которому относится значение"),
    "BASEPRICE": Wording(
      "Swap base", "База свопа", "Rate from which swaps are counted", "Курс, от которого считают свопы"),
    "MARKETPRICE": Wording(
      "Market price before", "Прежняя рыночная", "Market price of the day before", "Рыночная цена за день до этого"),
    "MXCX.securities.MARKETPRICE": Wording(
      "Fixing before", "Прежний фиксинг", "Fixing of the day before", "Фиксинг за день до этого"),
    "CLOSEPRICE": Wording(
      "Mean of the period", "Средняя периода", "Mean of the settlement period", "Средний курс расчётного периода"),
    "LOPENPRICE": Wording(
      "Mean so far", "Текущая средняя", "Running mean of the period", "Средний курс периода на этот миг"),
    "LCLOSEPRICE": Wording(
      "Official close", "Официальное закрытие", "Close by the rules of trading", "Закрытие по правилам торгов"),
    "LCURRENTPRICE": Wording(
      "Official price now", "Официальная цена сейчас", "Mean of the last ten minutes",
      "Среднее за десять последних минут"
    ),
    "ADMITTEDQUOTE": Wording(
      "Quote for accounts", "Цена для учёта", "Quote used in accounting", "Котировка, принятая для учёта"),
  ]
}
