import Core
import NIOCore

/// `tickers` frames: a snapshot has every field, a delta those that changed, both in the exchange's order.
struct TickerEncoder {
    let topic: Topic

    func snapshot(_ state: TickerState, sequence: Int, time: Int64) -> ByteBuffer {
        frame(state, fields: nil, sequence: sequence, time: time)
    }

    func delta(_ state: TickerState, fields: TickerFields, sequence: Int, time: Int64) -> ByteBuffer {
        frame(state, fields: fields, sequence: sequence, time: time)
    }

    private func frame(_ state: TickerState, fields: TickerFields?, sequence: Int, time: Int64) -> ByteBuffer {
        var json = JSONWriter(capacity: fields == nil ? 1_024 : 512)
        json.raw("{\"topic\":\"")
        json.raw(text: topic.name)
        json.raw(fields == nil ? "\",\"type\":\"snapshot\"" : "\",\"type\":\"delta\"")
        json.raw(",\"data\":{\"symbol\":\"")
        json.raw(text: state.instrument.symbol)
        json.raw("\"")
        writeTrading(state, fields: fields, to: &json)
        writeInterest(state, fields: fields, to: &json)
        writeFunding(state, fields: fields, to: &json)
        writeQuotes(state, fields: fields, to: &json)
        json.raw("},\"cs\":")
        json.decimal(sequence)
        json.raw(",\"ts\":")
        json.decimal(time)
        json.raw("}")
        return json.finish()
    }

    private func writeTrading(_ state: TickerState, fields: TickerFields?, to json: inout JSONWriter) {
        let instrument = state.instrument
        if fields?.contains(.tickDirection) ?? true {
            json.raw(",\"tickDirection\":\"")
            json.raw(text: state.direction.rawValue)
            json.raw("\"")
        }
        if fields?.contains(.change) ?? true {
            json.raw(",\"price24hPcnt\":\"")
            json.trimmed(state.change, scale: 6)
            json.raw("\"")
        }
        if fields?.contains(.lastPrice) ?? true {
            json.quotedPrice(",\"lastPrice\":\"", state.lastPrice, of: instrument)
        }
        if fields?.contains(.previousDay) ?? true {
            json.quotedPrice(",\"prevPrice24h\":\"", state.previousDay, of: instrument)
        }
        if fields?.contains(.high) ?? true {
            json.quotedPrice(",\"highPrice24h\":\"", state.high, of: instrument)
        }
        if fields?.contains(.low) ?? true {
            json.quotedPrice(",\"lowPrice24h\":\"", state.low, of: instrument)
        }
        if fields?.contains(.previousHour) ?? true {
            json.quotedPrice(",\"prevPrice1h\":\"", state.previousHour, of: instrument)
        }
    }

    private func writeInterest(_ state: TickerState, fields: TickerFields?, to json: inout JSONWriter) {
        let instrument = state.instrument
        if fields?.contains(.markPrice) ?? true {
            json.quotedPrice(",\"markPrice\":\"", state.markPrice, of: instrument)
        }
        if fields?.contains(.indexPrice) ?? true {
            json.quotedPrice(",\"indexPrice\":\"", state.indexPrice, of: instrument)
        }
        if fields?.contains(.openInterest) ?? true {
            json.quotedSize(",\"openInterest\":\"", state.openInterest, of: instrument)
        }
        if fields?.contains(.openInterestValue) ?? true {
            writeValue(",\"openInterestValue\":\"", interest: state.openInterest, of: state, to: &json)
        }
        if fields?.contains(.turnoverAndVolume) ?? true {
            json.raw(",\"turnover24h\":\"")
            json.decimal(state.turnover, scale: instrument.priceScale + instrument.sizeScale, digits: 4)
            json.raw("\",\"volume24h\":\"")
            json.decimal(state.volume, scale: instrument.sizeScale, digits: 4)
            json.raw("\"")
        }
    }

    private func writeFunding(_ state: TickerState, fields: TickerFields?, to json: inout JSONWriter) {
        if fields == nil { json.raw(",\"fundingIntervalHour\":\"8\",\"fundingCap\":\"0.00333\"") }
        // The single-sided interest is half of the whole: the exchange counts both sides.
        if fields?.contains(.openInterest) ?? true {
            json.quotedSize(",\"singleOpenInterest\":\"", state.openInterest / 2, of: state.instrument)
        }
        if fields?.contains(.openInterestValue) ?? true {
            writeValue(",\"singleOpenInterestValue\":\"", interest: state.openInterest / 2, of: state, to: &json)
        }
        if fields?.contains(.nextFunding) ?? true {
            json.raw(",\"nextFundingTime\":\"")
            json.decimal(state.nextFunding)
            json.raw("\"")
        }
        if fields?.contains(.fundingRate) ?? true {
            json.raw(",\"fundingRate\":\"")
            json.trimmed(state.fundingRate, scale: 8)
            json.raw("\"")
        }
    }

    private func writeQuotes(_ state: TickerState, fields: TickerFields?, to json: inout JSONWriter) {
        let instrument = state.instrument
        if fields?.contains(.bid) ?? true {
            json.quotedPrice(",\"bid1Price\":\"", state.bid.price, of: instrument)
            json.quotedSize(",\"bid1Size\":\"", state.bid.size, of: instrument)
        }
        if fields?.contains(.ask) ?? true {
            json.quotedPrice(",\"ask1Price\":\"", state.ask.price, of: instrument)
            json.quotedSize(",\"ask1Size\":\"", state.ask.size, of: instrument)
        }
        if fields == nil { json.raw(",\"preOpenPrice\":\"\",\"preQty\":\"\",\"curPreListingPhase\":\"\"") }
    }

    private func writeValue(
        _ key: StaticString,
        interest: Int,
        of state: TickerState,
        to json: inout JSONWriter
    ) {
        let instrument = state.instrument
        json.raw(key)
        json.decimal(
            interest * instrument.price(state.markPrice),
            scale: instrument.priceScale + instrument.sizeScale,
            digits: 2
        )
        json.raw("\"")
    }
}
