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
        var writer = FrameWriter(capacity: fields == nil ? 1_024 : 512)
        writer.literal("{\"topic\":\"")
        writer.text(topic.name)
        writer.literal(fields == nil ? "\",\"type\":\"snapshot\"" : "\",\"type\":\"delta\"")
        writer.literal(",\"data\":{\"symbol\":\"")
        writer.text(state.instrument.symbol)
        writer.literal("\"")
        writeTrading(state, fields: fields, to: &writer)
        writeInterest(state, fields: fields, to: &writer)
        writeFunding(state, fields: fields, to: &writer)
        writeQuotes(state, fields: fields, to: &writer)
        writer.literal("},\"cs\":")
        writer.number(sequence)
        writer.literal(",\"ts\":")
        writer.number(time)
        writer.literal("}")
        return writer.buffer
    }

    private func writeTrading(_ state: TickerState, fields: TickerFields?, to writer: inout FrameWriter) {
        let instrument = state.instrument
        if fields?.contains(.tickDirection) ?? true {
            writer.literal(",\"tickDirection\":\"")
            writer.text(state.direction.rawValue)
            writer.literal("\"")
        }
        if fields?.contains(.change) ?? true {
            writer.literal(",\"price24hPcnt\":\"")
            writer.trimmed(state.change, scale: 6)
            writer.literal("\"")
        }
        if fields?.contains(.lastPrice) ?? true {
            writer.quotedPrice(",\"lastPrice\":\"", state.lastPrice, of: instrument)
        }
        if fields?.contains(.previousDay) ?? true {
            writer.quotedPrice(",\"prevPrice24h\":\"", state.previousDay, of: instrument)
        }
        if fields?.contains(.high) ?? true {
            writer.quotedPrice(",\"highPrice24h\":\"", state.high, of: instrument)
        }
        if fields?.contains(.low) ?? true {
            writer.quotedPrice(",\"lowPrice24h\":\"", state.low, of: instrument)
        }
        if fields?.contains(.previousHour) ?? true {
            writer.quotedPrice(",\"prevPrice1h\":\"", state.previousHour, of: instrument)
        }
    }

    private func writeInterest(_ state: TickerState, fields: TickerFields?, to writer: inout FrameWriter) {
        let instrument = state.instrument
        if fields?.contains(.markPrice) ?? true {
            writer.quotedPrice(",\"markPrice\":\"", state.markPrice, of: instrument)
        }
        if fields?.contains(.indexPrice) ?? true {
            writer.quotedPrice(",\"indexPrice\":\"", state.indexPrice, of: instrument)
        }
        if fields?.contains(.openInterest) ?? true {
            writer.quotedSize(",\"openInterest\":\"", state.openInterest, of: instrument)
        }
        if fields?.contains(.openInterestValue) ?? true {
            writeValue(",\"openInterestValue\":\"", interest: state.openInterest, of: state, to: &writer)
        }
        if fields?.contains(.turnoverAndVolume) ?? true {
            writer.literal(",\"turnover24h\":\"")
            writer.decimal(state.turnover, scale: instrument.priceScale + instrument.sizeScale, digits: 4)
            writer.literal("\",\"volume24h\":\"")
            writer.decimal(state.volume, scale: instrument.sizeScale, digits: 4)
            writer.literal("\"")
        }
    }

    private func writeFunding(_ state: TickerState, fields: TickerFields?, to writer: inout FrameWriter) {
        if fields == nil { writer.literal(",\"fundingIntervalHour\":\"8\",\"fundingCap\":\"0.00333\"") }
        // The single-sided interest is half of the whole: the exchange counts both sides.
        if fields?.contains(.openInterest) ?? true {
            writer.quotedSize(",\"singleOpenInterest\":\"", state.openInterest / 2, of: state.instrument)
        }
        if fields?.contains(.openInterestValue) ?? true {
            writeValue(",\"singleOpenInterestValue\":\"", interest: state.openInterest / 2, of: state, to: &writer)
        }
        if fields?.contains(.nextFunding) ?? true {
            writer.literal(",\"nextFundingTime\":\"")
            writer.number(state.nextFunding)
            writer.literal("\"")
        }
        if fields?.contains(.fundingRate) ?? true {
            writer.literal(",\"fundingRate\":\"")
            writer.trimmed(state.fundingRate, scale: 8)
            writer.literal("\"")
        }
    }

    private func writeQuotes(_ state: TickerState, fields: TickerFields?, to writer: inout FrameWriter) {
        let instrument = state.instrument
        if fields?.contains(.bid) ?? true {
            writer.quotedPrice(",\"bid1Price\":\"", state.bid.price, of: instrument)
            writer.quotedSize(",\"bid1Size\":\"", state.bid.size, of: instrument)
        }
        if fields?.contains(.ask) ?? true {
            writer.quotedPrice(",\"ask1Price\":\"", state.ask.price, of: instrument)
            writer.quotedSize(",\"ask1Size\":\"", state.ask.size, of: instrument)
        }
        if fields == nil { writer.literal(",\"preOpenPrice\":\"\",\"preQty\":\"\",\"curPreListingPhase\":\"\"") }
    }

    private func writeValue(
        _ key: StaticString,
        interest: Int,
        of state: TickerState,
        to writer: inout FrameWriter
    ) {
        let instrument = state.instrument
        writer.literal(key)
        writer.decimal(
            interest * instrument.price(state.markPrice),
            scale: instrument.priceScale + instrument.sizeScale,
            digits: 2
        )
        writer.literal("\"")
    }
}
