package com.example.upper

import dev.socketserver.annotation.OnError
import dev.socketserver.annotation.OnMessage
import dev.socketserver.annotation.SocketHandler
import dev.socketserver.payload.PayloadException
import kotlinx.coroutines.delay
import org.springframework.boot.autoconfigure.SpringBootApplication
import org.springframework.boot.runApplication
import org.springframework.context.annotation.Bean
import java.util.function.UnaryOperator

@SpringBootApplication
class UpperApplication {

    @Bean
    @SocketHandler("upper")
    fun upper() = UnaryOperator<String> { it.uppercase() }

}

data class Order(val item: String, val amount: Int = 1)

data class Receipt(val item: String, val price: Int)

@SocketHandler("orders")
class Orders {

    @OnMessage
    suspend fun place(order: Order): Receipt {
        delay(10)
        return Receipt(order.item, 5 * order.amount)
    }

    @OnError
    fun refuse(failure: PayloadException) = mapOf("error" to "not an order")

}

fun main(args: Array<String>) {
    runApplication<UpperApplication>(*args)
}
