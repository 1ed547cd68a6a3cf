// The product's public face is made of these types: a program that imports ISSPlus has them.
@_exported public import MarketData
