extension BuiltIn {
  /// Columns that only indices and fixings have.
  static let indexWordings: [String: Wording] = [
    "OPENVALUE": Wording("First value", "Первое значение", "Value at the start of the day", "Значение в начале дня"),
    "LASTCHANGETOOPENPRC": Wording(
      "Day's move, %", "Движение дня, %", "Move since the first value", "Движение от первого значения"),
    "LASTCHANGETOOPEN": Wording(
      "Day's move", "Движение дня", "Points since the first value", "Пункты от первого значения"),
    "MONTHCHANGEPRC": Wording(
      "Month's move, %", "За месяц, %", "Move since the month began", "Движение с начала месяца"),
    "YEARCHANGEPRC": Wording("Year's move, %", "За год, %", "Move since the year began", "Движение с начала года"),
    "MONTHCHANGEBP": Wording(
      "Month's points", "Пунктов за месяц", "Points since the month began", "Пункты с начала месяца"),
    "YEARCHANGEBP": Wording("Year's points", "Пунктов за год", "Points since the year began", "Пункты с начала года"),
    "CAPITALIZATION": Wording("Worth", "Капитализация", "Worth of the basket in roubles", "Стоимость корзины в рублях"),
    "CAPITALIZATION_USD": Wording(
      "Worth, $", "Капитализация, $", "Worth of the basket in dollars", "Стоимость корзины в долларах"),
    "VALTODAY_USD": Wording(
      "Day's dollars", "Доллары за день", "Dollars of the day's trades", "Сумма сделок дня в долларах"),
    "UPDATETIME": Wording("Renewed", "Обновлено", "When the row was last renewed", "Когда строка обновилась"),
  ]

  /// Columns of news, turnovers and reference lists.
  static let referenceWordings: [String: Wording] = [
    "ID": Wording("Number", "Ключ", "Key of the row", "Ключ строки"),
    "NAME": Wording("Code", "Код", "Short name by which the row is known", "Короткое имя строки"),
    "SHORTCUT": Wording("In short", "Кратко", "First words of the item", "Первые слова новости"),
    "PUBLIC_TIME": Wording("Time", "Момент выхода", "Moscow time of publication", "Московское время выхода"),
    "CONTENT": Wording("Text", "Текст", "Whole text of the item", "Весь текст новости"),
    "ENGINEID": Wording("System number", "Номер системы", "Number of its trading system", "Номер её торговой системы"),
    "MARKETID": Wording("Market number", "Номер рынка", "Number of its market", "Номер рынка этой строки"),
    "IS_TRADED": Wording("In use", "Действует", "Whether the board trades at all", "Торгуют ли в этом режиме"),
    "IS_PRIMARY": Wording("Main", "Главный", "Whether it is the main board", "Главный ли это режим"),
    "CARDID": Wording("Card", "Карточка", "Card to which the line belongs", "Карточка, где стоит строка"),
    "HINT": Wording("Long title", "Длинное имя", "Title for a hint on the screen", "Имя для подсказки на экране"),
    "IS_HIDDEN": Wording("Concealed", "Скрыта", "Whether screens leave it out", "Пропускают ли строку экраны"),
    "SORT_ORDER": Wording("Place", "Место", "Place of the line in its card", "Место строки в карточке"),
    "TYPE": Wording("Form", "Вид значения", "Type of the value", "Каков тип значения"),
    "PRECISION": Wording("Digits", "Цифр", "Digits after the point", "Цифр после запятой"),
    "COMMON.ticker.card.VALUE": Wording(
      "Value as text", "Значение текстом", "Value in the form of a text", "Значение в виде текста"),
    "VALUE_INFO": Wording("About the value", "О значении", "Remark on the value", "Замечание к значению"),
    "TAG_ORDER": Wording("Group", "Группа", "Group of lines in the card", "Группа строк в карточке"),
    "TAG_CAPTION": Wording("Title of the group", "Имя группы", "Title of the group of lines", "Заголовок группы строк"),
  ]
}
