select round(amount * 100)
