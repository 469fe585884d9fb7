package dev.socketserver.examples.exchange;

import dev.socketserver.exchange.ImportSocketExchanges;

import org.springframework.context.annotation.Configuration;

@Configuration
@ImportSocketExchanges(Plant.class)
class Plants {

}
